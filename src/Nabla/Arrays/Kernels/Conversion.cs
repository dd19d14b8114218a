using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Converts elements from one type to another between any two layouts of one shape.
/// </summary>
/// <remarks>
/// Reals become integers by dropping the fraction. Integers become shorter ones by dropping the upper bits, as in C and
/// PyTorch. Reals outside int32 or int64 go to its ends and NaN to 0; a real to uint8 goes by way of int64, so -1 becomes 255.
/// Anything but 0 is true, NaN too. Strides are in elements, as for <see cref="StridedCopy"/>.
/// </remarks>
internal static unsafe class Conversion
{
    /// <summary>Converts all elements of <paramref name="shape"/>.</summary>
    public static void Convert(
        byte* source, DType sourceType, byte* destination, DType destinationType,
        ReadOnlySpan<int> shape, ReadOnlySpan<nint> sourceStrides, ReadOnlySpan<nint> destinationStrides)
    {
        bool same = sourceType == destinationType || (sourceType == DType.Bool && destinationType == DType.UInt8);
        if (same)
        {
            StridedCopy.Copy(source, destination, sourceType.Size(), shape, sourceStrides, destinationStrides);
            return;
        }

        if (shape.Contains(0)) return;
        Span<nint> room = stackalloc nint[3 * Strides.MaxAxes];
        Strides loops = new(shape, sourceStrides, destinationStrides, room);
        switch (sourceType)
        {
            case DType.Float32:
                From((float*)source, destination, destinationType, loops);
                break;
            case DType.Float64:
                From((double*)source, destination, destinationType, loops);
                break;
            case DType.Int64:
                From((long*)source, destination, destinationType, loops);
                break;
            case DType.Int32:
                From((int*)source, destination, destinationType, loops);
                break;
            default:
                From(source, destination, destinationType, loops);
                break;
        }
    }

    private static void From<TSource>(TSource* source, byte* destination, DType destinationType, in Strides loops)
        where TSource : unmanaged, INumber<TSource>
    {
        switch (destinationType)
        {
            case DType.Float32:
                Walk<TSource, float, ToNumber<TSource, float>>(source, (float*)destination, loops, 0);
                break;
            case DType.Float64:
                Walk<TSource, double, ToNumber<TSource, double>>(source, (double*)destination, loops, 0);
                break;
            case DType.Int64:
                Walk<TSource, long, ToNumber<TSource, long>>(source, (long*)destination, loops, 0);
                break;
            case DType.Int32:
                Walk<TSource, int, ToNumber<TSource, int>>(source, (int*)destination, loops, 0);
                break;
            case DType.UInt8:
                Walk<TSource, byte, ToByte<TSource>>(source, destination, loops, 0);
                break;
            default:
                Walk<TSource, byte, ToTruth<TSource>>(source, destination, loops, 0);
                break;
        }
    }

    private static void Walk<TSource, TDestination, TRule>(TSource* source, TDestination* destination, in Strides loops, int axis)
        where TSource : unmanaged
        where TDestination : unmanaged
        where TRule : struct, IConversion<TSource, TDestination>
    {
        if (loops.Axes == 0)
        {
            *destination = TRule.Convert(*source);
            return;
        }

        nint count = loops.Shape[axis], sourceStride = loops.Source[axis], destinationStride = loops.Destination[axis];
        if (axis < loops.Axes - 1)
        {
            for (nint i = 0; i < count; i++)
                Walk<TSource, TDestination, TRule>(source + i * sourceStride, destination + i * destinationStride, loops, axis + 1);
        }
        else if (sourceStride == 1 && destinationStride == 1)
        {
            for (nint i = 0; i < count; i++) destination[i] = TRule.Convert(source[i]);
        }
        else
        {
            for (nint i = 0; i < count; i++, source += sourceStride, destination += destinationStride) *destination = TRule.Convert(*source);
        }
    }

    private interface IConversion<TSource, TDestination>
    {
        static abstract TDestination Convert(TSource x);
    }

    private readonly struct ToNumber<TSource, TDestination> : IConversion<TSource, TDestination>
        where TSource : unmanaged, INumber<TSource>
        where TDestination : unmanaged, INumber<TDestination>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TDestination Convert(TSource x) => TDestination.CreateTruncating(x);
    }

    private readonly struct ToByte<TSource> : IConversion<TSource, byte>
        where TSource : unmanaged, INumber<TSource>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static byte Convert(TSource x) => unchecked((byte)long.CreateTruncating(x));
    }

    private readonly struct ToTruth<TSource> : IConversion<TSource, byte>
        where TSource : unmanaged, INumber<TSource>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static byte Convert(TSource x) => x != TSource.Zero ? (byte)1 : (byte)0;
    }
}
