namespace Nabla;

/// <summary>
/// Places the boxes of a directed acyclic graph in layers, so that every edge leads downwards and nothing overlaps (after
/// Sugiyama, Tagawa, Toda: Methods for visual understanding of hierarchical system structures, 1981). Four steps: a layer for
/// each box, no layer wider than a bound; an order in each layer with few crossings, by barycentres; coordinates close to
/// those of the neighbours, exact under the condition that boxes keep their distance; routes.
/// </summary>
/// <remarks>
/// An edge over several layers passes each of them in a lane of its own, which takes part in the placement like a box; all
/// edges of one source share their lanes. A route bends only between layers, where no box is, so it never crosses one.
/// </remarks>
internal sealed class LayeredLayout
{
    private const double BoxGap = 18, LaneGap = 10, LaneWidth = 4, Margin = 12;
    private const int OrderSweeps = 24, PlacementSweeps = 72;

    /// <summary>Beyond so many boxes and lanes a drawing is no longer to be looked at, and fewer sweeps do.</summary>
    private const int Large = 3000;

    private readonly List<Item> items = [];
    private readonly List<Item[]> layers = [];

    private LayeredLayout() { }

    /// <summary>A box, or the lane of an edge through a layer.</summary>
    private sealed class Item(int box, double width)
    {
        public readonly int Box = box;
        public readonly double Width = width;
        public readonly List<Item> Above = [], Below = [];
        public int Layer, Position;
        public double X, Key;

        public bool IsLane => Box < 0;
    }

    /// <summary>A piece of an edge from one point down to another; if <see cref="Curved"/>, between two layers.</summary>
    /// <param name="X1">The upper end.</param>
    /// <param name="Y1">The upper end.</param>
    /// <param name="X2">The lower end.</param>
    /// <param name="Y2">The lower end.</param>
    /// <param name="Curved">Whether it may bend.</param>
    /// <param name="Arrives">Whether it ends at a box.</param>
    internal readonly record struct Piece(double X1, double Y1, double X2, double Y2, bool Curved, bool Arrives);

    /// <summary>The left edge of each box.</summary>
    public double[] Left { get; private set; } = [];

    /// <summary>The upper edge of each box.</summary>
    public double[] Top { get; private set; } = [];

    public List<Piece> Pieces { get; } = [];

    public double Width { get; private set; }

    public double Height { get; private set; }

    /// <summary>Places boxes of given sizes; an edge leads from a box of a lower to one of a higher number.</summary>
    public static LayeredLayout Of(IReadOnlyList<(double Width, double Height)> sizes, IReadOnlyList<(int From, int To)> edges)
    {
        var layout = new LayeredLayout();
        if (sizes.Count == 0) return layout;
        layout.AssignLayers(sizes, edges);
        layout.Order();
        layout.Place();
        layout.Route(sizes, edges);
        return layout;
    }

    // ---- layers -------------------------------------------------------------------------------------------------------

    /// <summary>From the last box upwards, each as low as those that read it and the width of its layer allow.</summary>
    private void AssignLayers(IReadOnlyList<(double Width, double Height)> sizes, IReadOnlyList<(int From, int To)> edges)
    {
        int widest = Math.Max(6, (int)Math.Ceiling(1.2 * Math.Sqrt(sizes.Count)));
        var depth = new int[sizes.Count];
        var counts = new List<int>();
        ILookup<int, int> readers = edges.ToLookup(edge => edge.From, edge => edge.To);
        for (int i = sizes.Count - 1; i >= 0; i--)
        {
            int at = 0;
            foreach (int reader in readers[i]) at = Math.Max(at, depth[reader] + 1);
            while (at < counts.Count && counts[at] >= widest) at++;
            while (counts.Count <= at) counts.Add(0);
            counts[at]++;
            depth[i] = at;
        }
        var boxes = new Item[sizes.Count];
        var rows = Enumerable.Range(0, counts.Count).Select(_ => new List<Item>()).ToArray();
        for (int i = 0; i < boxes.Length; i++)
        {
            boxes[i] = new Item(i, sizes[i].Width) { Layer = counts.Count - 1 - depth[i] };
            items.Add(boxes[i]);
            rows[boxes[i].Layer].Add(boxes[i]);
        }
        for (int i = 0; i < boxes.Length; i++)
        {
            var lane = new List<Item> { boxes[i] };
            foreach (int reader in readers[i].Distinct().OrderBy(reader => boxes[reader].Layer))
            {
                while (lane[^1].Layer < boxes[reader].Layer - 1)
                {
                    var next = new Item(-1, LaneWidth) { Layer = lane[^1].Layer + 1 };
                    Connect(lane[^1], next);
                    lane.Add(next);
                    items.Add(next);
                    rows[next.Layer].Add(next);
                }
                Connect(lane[boxes[reader].Layer - 1 - boxes[i].Layer], boxes[reader]);
            }
        }
        foreach (List<Item> row in rows) layers.Add([.. row]);

        static void Connect(Item above, Item below)
        {
            above.Below.Add(below);
            below.Above.Add(above);
        }
    }

    // ---- order --------------------------------------------------------------------------------------------------------

    private void Order()
    {
        foreach (Item[] layer in layers) Number(layer);
        Item[][] best = [.. layers.Select(layer => layer.ToArray())];
        long fewest = Crossings();
        int sweeps = items.Count > Large ? 4 : OrderSweeps;
        for (int sweep = 0; sweep < sweeps && fewest > 0; sweep++)
        {
            bool down = sweep % 2 == 1;
            for (int step = 1; step < layers.Count; step++)
            {
                Item[] layer = layers[down ? step : layers.Count - 1 - step];
                foreach (Item item in layer)
                {
                    List<Item> fixedSide = down ? item.Above : item.Below;
                    item.Key = fixedSide.Count == 0 ? item.Position : fixedSide.Average(other => (double)other.Position);
                }
                Sort(layer);
                Number(layer);
            }
            if (items.Count <= Large) Exchange();
            long crossings = Crossings();
            if (crossings >= fewest) continue;
            fewest = crossings;
            best = [.. layers.Select(layer => layer.ToArray())];
        }
        for (int i = 0; i < best.Length; i++) Number(layers[i] = best[i]);
    }

    /// <summary>Exchanges neighbours where that alone removes crossings.</summary>
    private void Exchange()
    {
        foreach (Item[] layer in layers)
        {
            for (int i = 0; i + 1 < layer.Length; i++)
            {
                (Item left, Item right) = (layer[i], layer[i + 1]);
                if (Inversions(left.Above, right.Above) + Inversions(left.Below, right.Below) <= Inversions(right.Above, left.Above) + Inversions(right.Below, left.Below)) continue;
                (layer[i], layer[i + 1]) = (right, left);
                (left.Position, right.Position) = (right.Position, left.Position);
            }
        }

        static int Inversions(List<Item> left, List<Item> right)
        {
            int count = 0;
            foreach (Item a in left)
                foreach (Item b in right)
                    if (a.Position > b.Position) count++;
            return count;
        }
    }

    // A stable order: Array.Sort is not.
    private static void Sort(Item[] layer)
    {
        Item[] sorted = [.. layer.OrderBy(item => item.Key)];
        sorted.CopyTo(layer, 0);
    }

    private static void Number(Item[] layer)
    {
        for (int i = 0; i < layer.Length; i++) layer[i].Position = i;
    }

    /// <summary>Pairs of edges between neighbouring layers that cross, counted with a Fenwick tree.</summary>
    private long Crossings()
    {
        long total = 0;
        for (int i = 0; i + 1 < layers.Count; i++)
        {
            var tree = new int[layers[i + 1].Length + 1];
            int seen = 0;
            foreach (Item item in layers[i])
            {
                foreach (Item below in item.Below)
                {
                    int notAfter = 0;
                    for (int at = below.Position + 1; at > 0; at -= at & -at) notAfter += tree[at];
                    total += seen - notAfter;
                }
                foreach (Item below in item.Below)
                {
                    for (int at = below.Position + 1; at < tree.Length; at += at & -at) tree[at]++;
                    seen++;
                }
            }
        }
        return total;
    }

    // ---- coordinates --------------------------------------------------------------------------------------------------

    private void Place()
    {
        foreach (Item[] layer in layers)
        {
            double x = 0;
            for (int i = 0; i < layer.Length; i++)
            {
                if (i > 0) x += Distance(layer[i - 1], layer[i]);
                layer[i].X = x;
            }
            foreach (Item item in layer) item.X -= x / 2;
        }
        int sweeps = items.Count > Large ? 8 : PlacementSweeps;
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            for (int step = 0; step < layers.Count; step++)
            {
                Item[] layer = layers[sweep % 2 == 0 ? step : layers.Count - 1 - step];
                Settle(layer, above: sweep % 2 == 0, both: sweep >= sweeps / 3);
            }
        }
        double least = items.Min(item => item.X - (item.Width / 2));
        foreach (Item item in items) item.X += Margin - least;
        Width = items.Max(item => item.X + (item.Width / 2)) + Margin;
    }

    /// <summary>
    /// Moves the items of a layer as close as their distances allow to where their neighbours are: least squares under
    /// x[i+1] − x[i] ≥ d[i], solved exactly by pooling adjacent violators.
    /// </summary>
    private static void Settle(Item[] layer, bool above, bool both)
    {
        var pools = new List<(double Weight, double Sum, int Count)>();
        double shift = 0;
        var shifts = new double[layer.Length];
        for (int i = 0; i < layer.Length; i++)
        {
            if (i > 0) shift += Distance(layer[i - 1], layer[i]);
            shifts[i] = shift;
            (double target, double weight) = Target(layer[i], above, both);
            (double Weight, double Sum, int Count) pool = (weight, weight * (target - shift), 1);
            while (pools.Count > 0 && pools[^1].Sum / pools[^1].Weight >= pool.Sum / pool.Weight)
            {
                pool = (pool.Weight + pools[^1].Weight, pool.Sum + pools[^1].Sum, pool.Count + pools[^1].Count);
                pools.RemoveAt(pools.Count - 1);
            }
            pools.Add(pool);
        }
        int at = 0;
        foreach ((double weight, double sum, int count) in pools)
        {
            for (int i = 0; i < count; i++, at++) layer[at].X = (sum / weight) + shifts[at];
        }
    }

    // Lanes pull on lanes more than boxes do: long edges become straight.
    private static (double Target, double Weight) Target(Item item, bool above, bool both)
    {
        double sum = 0, weight = 0;
        if (above || both) Add(item.Above);
        if (!above || both) Add(item.Below);
        return weight == 0 ? (item.X, 0.01) : (sum / weight, weight);

        void Add(List<Item> neighbours)
        {
            foreach (Item other in neighbours)
            {
                double pull = item.IsLane && other.IsLane ? 8 : item.IsLane || other.IsLane ? 2 : 1;
                sum += pull * other.X;
                weight += pull;
            }
        }
    }

    private static double Distance(Item left, Item right) =>
        ((left.Width + right.Width) / 2) + (left.IsLane && right.IsLane ? LaneGap : BoxGap);

    // ---- routes -------------------------------------------------------------------------------------------------------

    private void Route(IReadOnlyList<(double Width, double Height)> sizes, IReadOnlyList<(int From, int To)> edges)
    {
        var tops = new double[layers.Count];
        var bottoms = new double[layers.Count];
        double y = Margin;
        for (int i = 0; i < layers.Count; i++)
        {
            if (i > 0) y += Gap(layers[i - 1]);
            tops[i] = y;
            y += layers[i].Max(item => item.IsLane ? 0 : sizes[item.Box].Height);
            bottoms[i] = y;
        }
        Height = y + Margin;
        Left = new double[sizes.Count];
        Top = new double[sizes.Count];
        foreach (Item item in items)
        {
            if (item.IsLane) continue;
            Left[item.Box] = item.X - (sizes[item.Box].Width / 2);

            // In the middle of its layer; its pieces of edge reach from the layer's border to the box.
            Top[item.Box] = (tops[item.Layer] + bottoms[item.Layer] - sizes[item.Box].Height) / 2;
        }
        foreach (Item item in items)
        {
            if (item.IsLane) Pieces.Add(new Piece(item.X, tops[item.Layer], item.X, bottoms[item.Layer], false, false));
            else if (item.Below.Count > 0) Straight(item.X, Top[item.Box] + sizes[item.Box].Height, bottoms[item.Layer], arrives: false);
            Item[] arriving = [.. item.Above.OrderBy(other => other.X)];
            for (int k = 0; k < arriving.Length; k++)
            {
                double room = item.IsLane ? 0 : Math.Max(0, item.Width - 24);
                double x = item.X + (arriving.Length == 1 ? 0 : room * (((double)k / (arriving.Length - 1)) - 0.5) * Math.Min(1, arriving.Length / 4.0));
                bool ends = !item.IsLane && Top[item.Box] - tops[item.Layer] < 0.5;
                Pieces.Add(new Piece(arriving[k].X, bottoms[item.Layer - 1], x, tops[item.Layer], true, ends));
                if (!item.IsLane && !ends) Straight(x, tops[item.Layer], Top[item.Box], arrives: true);
            }
        }

        void Straight(double x, double from, double to, bool arrives)
        {
            if (to - from >= 0.5) Pieces.Add(new Piece(x, from, x, to, false, arrives));
        }
    }

    /// <summary>The space below a layer: more where edges lead far to the side.</summary>
    private static double Gap(Item[] layer)
    {
        double farthest = 0;
        foreach (Item item in layer)
            foreach (Item below in item.Below) farthest = Math.Max(farthest, Math.Abs(below.X - item.X));
        return 34 + Math.Min(60, farthest / 10);
    }
}
