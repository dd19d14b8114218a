using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>Roots of large whole numbers, rounded down, by Newton's method from above.</summary>
internal static class IntegerRoot
{
    public static BigInteger Square(BigInteger n) => Of(n, 2);

    public static BigInteger Of(BigInteger n, int degree)
    {
        if (n.Sign <= 0) return 0;
        var bits = (long)n.GetBitLength();

        // The root of the leading half of the bits is a start with half the bits right.
        const int small = 40;
        BigInteger root;
        var shift = (bits - (small * degree)) / degree / 2 * degree;
        if (bits <= small * degree || shift < degree) root = BigInteger.One << (int)((bits / degree) + 1);
        else root = (Of(n >> (int)shift, degree) + 1) << (int)(shift / degree);
        while (true)
        {
            var next = (((degree - 1) * root) + (n / BigInteger.Pow(root, degree - 1))) / degree;
            if (next >= root) return root;
            root = next;
        }
    }
}
