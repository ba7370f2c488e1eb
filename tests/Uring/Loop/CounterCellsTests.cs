using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Loop;

public sealed class CounterCellsTests
{
    [Fact]
    public void Each_cell_counts_alone()
    {
        var cells = new CounterCells(3);

        cells.Add(0);
        cells.Add(2, 5);
        cells.Add(2, -1);

        Assert.Equal([1L, 0L, 4L], Enumerable.Range(0, cells.Count).Select(i => cells[i]));
    }

    [Fact]
    public void A_cell_that_is_raised_keeps_the_largest_value()
    {
        var cells = new CounterCells(2);

        foreach (var value in new long[] { 3, 7, 5 })
            cells.Raise(1, value);

        Assert.Equal(7, cells[1]);
        Assert.Equal(0, cells[0]);
    }
}
