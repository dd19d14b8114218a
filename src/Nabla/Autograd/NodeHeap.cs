namespace Nabla;

/// <summary>Nodes of the graph that wait for their turn, the latest first.</summary>
internal sealed class NodeHeap
{
    private Item[] items = new Item[16];

    // A struct around the reference, so that storing one does not check the array's element type.
    private struct Item
    {
        public Node? Node;
    }

    public int Count { get; private set; }

    public void Push(Node node)
    {
        if (Count == items.Length) Array.Resize(ref items, 2 * Count);
        int at = Count++;
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (items[parent].Node!.Sequence >= node.Sequence) break;
            items[at] = items[parent];
            at = parent;
        }
        items[at].Node = node;
    }

    /// <summary>Takes the latest node; there must be one.</summary>
    public Node Pop()
    {
        Node top = items[0].Node!;
        Node last = items[--Count].Node!;
        items[Count].Node = null;
        if (Count == 0) return top;
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= Count) break;
            if (child + 1 < Count && items[child + 1].Node!.Sequence > items[child].Node!.Sequence) child++;
            if (items[child].Node!.Sequence <= last.Sequence) break;
            items[at] = items[child];
            at = child;
        }
        items[at].Node = last;
        return top;
    }
}
