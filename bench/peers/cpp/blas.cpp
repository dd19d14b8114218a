// OpenBLAS called directly, found at run time: "sgemm M N K [NT [BATCH]]" is op(A)·op(B) of BATCH pairs of row-major matrices, A of
// M×K and B of K×N numbers after transposition; "sgemv M N [T]" is a row-major matrix of M×N numbers, or its transpose, times a vector.
#include <dlfcn.h>

#include <memory>

#include "peer.h"

namespace {

constexpr int row_major = 101, no_transpose = 111, transpose = 112;

void* library() {
    static void* handle = [] {
        for (const char* name : {"libopenblas.so.0", "libopenblas.so"}) {
            if (void* found = dlopen(name, RTLD_NOW)) return found;
        }
        return static_cast<void*>(nullptr);
    }();
    return handle;
}

template <typename T>
using Gemm = void (*)(int order, int transpose_a, int transpose_b, int m, int n, int k, T alpha, const T* a, int lda, const T* b, int ldb, T beta, T* c, int ldc);

template <typename T>
peer::Prepared product(const char* symbol, const std::vector<std::string>& words) {
    auto gemm = library() ? reinterpret_cast<Gemm<T>>(dlsym(library(), symbol)) : nullptr;
    if (!gemm || words.size() < 3) return {};
    int m = std::stoi(words[0]), n = std::stoi(words[1]), k = std::stoi(words[2]);
    bool ta = words.size() > 3 && words[3][0] == 'T', tb = words.size() > 3 && words[3][1] == 'T';
    std::size_t batch = words.size() > 4 ? std::stoul(words[4]) : 1;
    struct Data {
        std::vector<T> a, b, c;
    };
    auto data = std::make_shared<Data>();
    std::size_t mk = std::size_t(m) * k, kn = std::size_t(k) * n, mn = std::size_t(m) * n;
    data->a = peer::uniform<T>(batch * mk, -1, 1, 0);
    data->b = peer::uniform<T>(batch * kn, -1, 1, 1);
    data->c.resize(batch * mn);
    return {
        [=] {
            for (std::size_t i = 0; i < batch; i++) {
                gemm(row_major, ta ? transpose : no_transpose, tb ? transpose : no_transpose, m, n, k, T(1), data->a.data() + i * mk, ta ? m : k,
                     data->b.data() + i * kn, tb ? k : n, T(0), data->c.data() + i * mn, n);
            }
        },
        [data] { return peer::Result(data->c.begin(), data->c.end()); },
    };
}

peer::Family single("sgemm", [](const std::vector<std::string>& words) { return product<float>("cblas_sgemm", words); });
peer::Family twice("dgemm", [](const std::vector<std::string>& words) { return product<double>("cblas_dgemm", words); });

template <typename T>
using Gemv = void (*)(int order, int transpose_a, int m, int n, T alpha, const T* a, int lda, const T* x, int x_step, T beta, T* y, int y_step);

template <typename T>
peer::Prepared vector_product(const char* symbol, const std::vector<std::string>& words) {
    auto gemv = library() ? reinterpret_cast<Gemv<T>>(dlsym(library(), symbol)) : nullptr;
    if (!gemv || words.size() < 2) return {};
    int m = std::stoi(words[0]), n = std::stoi(words[1]);
    bool transposed = words.size() > 2 && words[2] == "T";
    struct Data {
        std::vector<T> a, x, y;
    };
    auto data = std::make_shared<Data>();
    data->a = peer::uniform<T>(std::size_t(m) * n, -1, 1, 0);
    data->x = peer::uniform<T>(transposed ? m : n, -1, 1, 1);
    data->y.resize(transposed ? n : m);
    return {
        [=] { gemv(row_major, transposed ? transpose : no_transpose, m, n, T(1), data->a.data(), n, data->x.data(), 1, T(0), data->y.data(), 1); },
        [data] { return peer::Result(data->y.begin(), data->y.end()); },
    };
}

peer::Family single_vector("sgemv", [](const std::vector<std::string>& words) { return vector_product<float>("cblas_sgemv", words); });
peer::Family twice_vector("dgemv", [](const std::vector<std::string>& words) { return vector_product<double>("cblas_dgemv", words); });

struct Threads {
    Threads() {
        peer::thread_settings().push_back([](int count) {
            if (!library()) return;
            if (auto set = reinterpret_cast<void (*)(int)>(dlsym(library(), "openblas_set_num_threads"))) set(count);
        });
    }
} threads;

struct Name {
    Name() {
        peer::libraries().push_back([] {
            auto core = library() ? reinterpret_cast<char* (*)()>(dlsym(library(), "openblas_get_corename")) : nullptr;
            return core ? std::string("OpenBLAS (") + core() + " kernels)" : std::string("no OpenBLAS");
        });
    }
} name;

}  // namespace
