// The C++ side of bench/Nabla.Bench: the conversation of bench/peers/torch_peer.py, and the cases that a source registers.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace peer {

// What a run leaves behind: the numbers that are compared with ours.
using Result = std::vector<double>;

// A prepared case: `run` is timed, `result` tells what the last run computed.
struct Prepared {
    std::function<void()> run;
    std::function<Result()> result;
};

using Make = std::function<Prepared(const std::vector<std::string>& words)>;

// Cases by their full name, and families by their first word, which get the others.
std::map<std::string, Make>& cases();
std::map<std::string, Make>& families();

// What to do when the number of threads changes.
std::vector<std::function<void(int)>>& thread_settings();

// What the program says about the libraries it uses.
std::vector<std::function<std::string()>>& libraries();

struct Case {
    Case(const char* name, Make make) { cases()[name] = std::move(make); }
};

struct Family {
    Family(const char* word, Make make) { families()[word] = std::move(make); }
};

// The same numbers as Data.Uniform: a hash of the index, spread over [low, high).
template <typename T>
std::vector<T> uniform(std::size_t count, double low, double high, int seed = 0) {
    std::vector<T> values(count);
    for (std::size_t i = 0; i < count; i++) {
        std::uint32_t h = static_cast<std::uint32_t>(i) + static_cast<std::uint32_t>(seed * 1000003);
        h *= 2654435761u;
        h ^= h >> 16;
        h *= 0x85EBCA6Bu;
        h ^= h >> 13;
        h *= 0xC2B2AE35u;
        h ^= h >> 16;
        values[i] = static_cast<T>(low + (high - low) * (static_cast<double>(h >> 8) / (1 << 24)));
    }
    return values;
}

}  // namespace peer
