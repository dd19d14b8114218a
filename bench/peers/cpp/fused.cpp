// Value and gradient in one loop, as a person writes it who has derived the gradient by hand.
#include <cmath>
#include <memory>

#include "peer.h"

namespace {

// sum(exp(tanh(u*v) + u)) over floats, and its gradient by u and v. With -ffast-math the compiler vectorises the sum and calls the
// vector functions of libmvec; without, it may do neither, because both change roundings.
float exp_tanh(const float* __restrict u, const float* __restrict v, float* __restrict du, float* __restrict dv, std::size_t count) {
    float sum = 0;
    for (std::size_t i = 0; i < count; i++) {
        float t = std::tanh(u[i] * v[i]);
        float e = std::exp(t + u[i]);
        float s = e * (1 - t * t);
        sum += e;
        du[i] = s * v[i] + e;
        dv[i] = s * u[i];
    }
    return sum;
}

// The loop over all elements in blocks: a sum of 10^6 floats in one float would lose three digits.
peer::Prepared exp_tanh_case(std::size_t count) {
    struct Data {
        std::vector<float> u, v, du, dv;
        double sum = 0;
    };
    auto data = std::make_shared<Data>();
    data->u = peer::uniform<float>(count, -1, 1, 0);
    data->v = peer::uniform<float>(count, -1, 1, 1);
    data->du.resize(count);
    data->dv.resize(count);
    return {
        [data, count] {
            constexpr std::size_t block = 4096;
            double sum = 0;
            for (std::size_t i = 0; i < count; i += block) {
                std::size_t length = std::min(block, count - i);
                sum += exp_tanh(data->u.data() + i, data->v.data() + i, data->du.data() + i, data->dv.data() + i, length);
            }
            data->sum = sum;
        },
        // What our side returns: the gradient by u.
        [data] { return peer::Result(data->du.begin(), data->du.end()); },
    };
}

peer::Family family("fused-exp-tanh", [](const std::vector<std::string>& words) { return exp_tanh_case(std::stoul(words.at(0))); });

}  // namespace
