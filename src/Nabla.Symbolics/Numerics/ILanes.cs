namespace Nabla.Symbolics;

/// <summary>
/// Several numbers that one instruction works on. The body of a kernel is written once over this interface; <see cref="Lanes512{T}"/>,
/// <see cref="Lanes256{T}"/> and <see cref="Lanes128{T}"/> run it at the widths of the hardware, with the same bits as result.
/// </summary>
/// <typeparam name="TSelf">The lanes themselves.</typeparam>
/// <typeparam name="T">float, double or long.</typeparam>
/// <remarks>
/// A comparison gives a mask: all bits of a lane where it holds, none where not. What is named after bits takes the lanes for
/// integers of their width. Operators that take one number spare the inliner, whose budget is small, the call that spreads it.
/// </remarks>
internal unsafe interface ILanes<TSelf, T>
    where TSelf : struct, ILanes<TSelf, T>
    where T : unmanaged
{
    /// <summary>How many numbers.</summary>
    static abstract int Count { get; }

    static abstract TSelf Zero { get; }

    static abstract TSelf One { get; }

    /// <summary>The same number in all lanes.</summary>
    static abstract TSelf All(T value);

    static abstract TSelf Load(T* source);

    static abstract void Store(TSelf x, T* target);

    /// <summary>The number in the first lane.</summary>
    static abstract T First(TSelf x);

    // ---- arithmetic ----

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator +(TSelf a, T b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, T b);

    static abstract TSelf operator -(T a, TSelf b);

    static abstract TSelf operator -(TSelf x);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, T b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    static abstract TSelf operator /(T a, TSelf b);

    /// <summary>a b + c, in one rounding where the hardware has the instruction, in two where not.</summary>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <inheritdoc cref="MultiplyAdd(TSelf, TSelf, TSelf)"/>
    static abstract TSelf MultiplyAdd(TSelf a, TSelf b, T c);

    /// <inheritdoc cref="MultiplyAdd(TSelf, TSelf, TSelf)"/>
    static abstract TSelf MultiplyAdd(TSelf a, T b, TSelf c);

    /// <inheritdoc cref="MultiplyAdd(TSelf, TSelf, TSelf)"/>
    static abstract TSelf MultiplyAdd(TSelf a, T b, T c);

    /// <summary>a b + c in one rounding everywhere, slowly where the hardware lacks it: for bodies whose exactness rests on it.</summary>
    static abstract TSelf Fma(TSelf a, TSelf b, TSelf c);

    /// <inheritdoc cref="Fma(TSelf, TSelf, TSelf)"/>
    static abstract TSelf Fma(TSelf a, T b, TSelf c);

    static abstract TSelf Sqrt(TSelf x);

    static abstract TSelf Abs(TSelf x);

    /// <summary>The size of the first, the sign of the second.</summary>
    static abstract TSelf CopySign(TSelf size, TSelf sign);

    /// <summary>Whether the hardware has <see cref="Scale"/>.</summary>
    static abstract bool CanScale { get; }

    /// <summary>x 2^k for whole k, rounded once where the result is no normal number; only where <see cref="CanScale"/>.</summary>
    static abstract TSelf Scale(TSelf x, TSelf k);

    /// <summary>The smaller by the hardware's own instruction: which of two zeros and what of a NaN it gives differs between machines.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger, as <see cref="Min"/>.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    static abstract TSelf Floor(TSelf x);

    static abstract TSelf Ceiling(TSelf x);

    /// <summary>To the nearest integer, halves to the even one.</summary>
    static abstract TSelf Round(TSelf x);

    static abstract TSelf Truncate(TSelf x);

    // ---- comparison and selection ----

    static abstract TSelf operator <(TSelf a, TSelf b);

    static abstract TSelf operator <(TSelf a, T b);

    static abstract TSelf operator >(TSelf a, TSelf b);

    static abstract TSelf operator >(TSelf a, T b);

    static abstract TSelf operator <=(TSelf a, TSelf b);

    static abstract TSelf operator <=(TSelf a, T b);

    static abstract TSelf operator >=(TSelf a, TSelf b);

    static abstract TSelf operator >=(TSelf a, T b);

    static abstract TSelf Equal(TSelf a, TSelf b);

    static abstract TSelf Equal(TSelf a, T b);

    /// <summary>a where the mask is set, b elsewhere.</summary>
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <inheritdoc cref="Select(TSelf, TSelf, TSelf)"/>
    static abstract TSelf Select(TSelf mask, T a, TSelf b);

    /// <summary>Whether the mask is set in some lane.</summary>
    static abstract bool AnyTrue(TSelf mask);

    /// <summary>Whether the mask is set in every lane.</summary>
    static abstract bool AllTrue(TSelf mask);

    // ---- bits ----

    /// <summary>These bits in all lanes; a float takes the lower 32.</summary>
    static abstract TSelf Bits(long bits);

    static abstract TSelf operator &(TSelf a, TSelf b);

    static abstract TSelf operator |(TSelf a, TSelf b);

    static abstract TSelf operator ^(TSelf a, TSelf b);

    static abstract TSelf operator ~(TSelf a);

    /// <summary>a without the bits of b.</summary>
    static abstract TSelf AndNot(TSelf a, TSelf b);

    static abstract TSelf operator <<(TSelf a, int count);

    static abstract TSelf operator >>>(TSelf a, int count);

    static abstract TSelf AddBits(TSelf a, TSelf b);

    static abstract TSelf AddBits(TSelf a, long b);

    static abstract TSelf SubtractBits(TSelf a, TSelf b);

    /// <summary>A mask: where the lanes, as integers, are less than zero, so where the sign bit is set.</summary>
    static abstract TSelf IsNegative(TSelf a);

    /// <summary>A mask: where the lanes are the same integers.</summary>
    static abstract TSelf EqualBits(TSelf a, TSelf b);

    // ---- double precision ----

    /// <summary>A body in double, its result rounded once to the type of the lanes.</summary>
    static abstract TSelf Widened<TOperator>(TSelf x) where TOperator : struct, IUnaryOperator<double>;

    /// <inheritdoc cref="Widened"/>
    static abstract TSelf Widened2<TOperator>(TSelf a, TSelf b) where TOperator : struct, IBinaryOperator<double>;
}
