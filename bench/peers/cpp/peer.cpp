#include "peer.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <sstream>

namespace peer {

std::map<std::string, Make>& cases() {
    static std::map<std::string, Make> all;
    return all;
}

std::map<std::string, Make>& families() {
    static std::map<std::string, Make> all;
    return all;
}

std::vector<std::function<std::string()>>& libraries() {
    static std::vector<std::function<std::string()>> all;
    return all;
}

std::vector<std::function<void(int)>>& thread_settings() {
    static std::vector<std::function<void(int)>> all;
    return all;
}

static const Make* find(const std::string& name, std::vector<std::string>& words) {
    if (auto found = cases().find(name); found != cases().end()) return &found->second;
    std::istringstream stream(name);
    std::string first;
    stream >> first;
    for (std::string word; stream >> word;) words.push_back(word);
    auto found = families().find(first);
    return found == families().end() ? nullptr : &found->second;
}

}  // namespace peer

int main(int argc, char** argv) {
    using namespace peer;
    std::map<std::string, Prepared> prepared;
    std::string used;
    for (auto& library : libraries()) used += ", " + library();
    std::printf("{\"name\": \"C++\", \"version\": \"g++ %s, %s%s\"}\n", __VERSION__, argc > 1 ? argv[1] : "", used.c_str());
    std::fflush(stdout);
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream stream(line);
        std::string command, name;
        long number = 0;
        stream >> command;
        if (command == "threads" || command == "values" || command == "run") stream >> number;
        std::getline(stream >> std::ws, name);
        if (command == "threads") {
            for (auto& set : thread_settings()) set(static_cast<int>(number));
            std::printf("ok\n");
        } else if (command == "prepare") {
            std::vector<std::string> words;
            const Make* make = find(name, words);
            Prepared made = make ? (*make)(words) : Prepared{};
            if (!made.run) {
                std::printf("unknown\n");
            } else {
                made.run();
                double sum = 0;
                Result result = made.result();
                for (double value : result) sum += std::abs(value);
                std::printf("ok %.17g\n", sum / static_cast<double>(result.size()));
                prepared[name] = std::move(made);
            }
        } else if (command == "values") {
            Result result = prepared.at(name).result();
            std::size_t limit = static_cast<std::size_t>(number), step = std::max<std::size_t>(1, (result.size() + limit - 1) / limit);
            for (std::size_t i = 0; i < result.size(); i += step) std::printf("%.17g ", result[i]);
            std::printf("\n");
        } else if (command == "run") {
            auto& run = prepared.at(name).run;
            auto start = std::chrono::steady_clock::now();
            for (long i = 0; i < number; i++) run();
            auto end = std::chrono::steady_clock::now();
            std::printf("%lld\n", static_cast<long long>(std::chrono::duration_cast<std::chrono::nanoseconds>(end - start).count()));
        } else if (command == "drop") {
            prepared.erase(name);
            std::printf("ok\n");
        } else {
            std::printf("unknown\n");
        }
        std::fflush(stdout);
    }
}
