using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>The body of a unary kernel, written once for every width.</summary>
internal interface IUnaryOperator<T>
    where T : unmanaged
{
    static abstract TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T>;
}

/// <summary>The body of a binary kernel.</summary>
internal interface IBinaryOperator<T>
    where T : unmanaged
{
    static abstract TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, T>;
}

/// <summary>The body of a ternary kernel.</summary>
internal interface ITernaryOperator<T>
    where T : unmanaged
{
    static abstract TV Apply<TV>(TV a, TV b, TV c) where TV : struct, ILanes<TV, T>;
}

/// <summary>A float kernel computed in double and rounded once: within 0.51 ulp when the double body is within a thousand.</summary>
internal readonly struct Widened<TOperator> : IUnaryOperator<float>
    where TOperator : struct, IUnaryOperator<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, float> => TV.Widened<TOperator>(x);
}

/// <summary>A binary float kernel computed in double and rounded once.</summary>
internal readonly struct Widened2<TOperator> : IBinaryOperator<float>
    where TOperator : struct, IBinaryOperator<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV Apply<TV>(TV a, TV b) where TV : struct, ILanes<TV, float> => TV.Widened2<TOperator>(a, b);
}
