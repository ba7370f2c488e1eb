using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

/// <summary>A packed table says what it said before, and doesn't change any more.</summary>
public sealed class PackedLinesTests
{
    private static readonly string[] s_fields =
    [
        "Age: 7", "Cache-Control: max-age=60", "Connection: X-Hop, ETag", "Content-Length: 100", "Content-Type: a/b", "Date: now",
        "ETag: \"v\"", "Empty:", "Vary: X-A", "vary: X-B", "X: " + new string('x', 70_000), "X-Hop: 1", "x-hop: 2",
        new string('n', 70_000) + ": 1",
    ];

    [Fact]
    public void A_packed_table_tells_the_same_lines_in_the_order_asked_for()
    {
        var random = new Random(5);
        for (var round = 0; round < 500; round++)
        {
            var count = random.Next(round % 50 == 0 ? 100 : 12);
            string[] lines = [.. Enumerable.Range(0, count).Select(_ => s_fields[random.Next(s_fields.Length)])];
            var plain = Messages.Response(200, lines).Fields;
            var packed = Messages.Response(200, lines).Fields;
            var lead = new bool[lines.Length];
            Array.ForEach([.. Enumerable.Range(0, lines.Length)], i => lead[i] = random.Next(3) > 0);
            int[] order = [.. Enumerable.Range(0, lines.Length).OrderBy(i => !lead[i])];

            Assert.True(packed.TryPack(i => lead[i], out var leading));

            Assert.Equal(lead.Count(static leads => leads), leading);
            Assert.Equal(plain.Count, packed.Count);
            for (var i = 0; i < order.Length; i++)
                AssertSame(plain, order[i], packed, i);
            foreach (var field in Enum.GetValues<KnownField>())
            {
                Assert.Equal(plain.Contains(field), packed.Contains(field));
                Assert.Equal(plain.IsRepeated(field), packed.IsRepeated(field));
                var first = Array.FindIndex(order, i => plain.Known(i) == field);
                Assert.Equal(first, packed.Find(field));
            }
        }
    }

    [Fact]
    public void Successive_lines_lie_in_one_piece()
    {
        var table = Messages.Response(200, "A: 1", "Empty:", "B: 22", "C: 3").Fields;
        Assert.True(table.TryPack(i => i != 1, out _));

        Assert.Equal("B: 22\r\nC: 3\r\n", Encoding.ASCII.GetString(table.Lines(1, 3)));
        Assert.Equal("Empty: \r\n", Encoding.ASCII.GetString(table.Lines(3, 4)));
        Assert.Equal("", Encoding.ASCII.GetString(table.Lines(4, 4)));
        Assert.Equal("A: 1\r\nB: 22\r\n", Encoding.ASCII.GetString(table.FirstLines(13)));
        Assert.Equal("A: 1\r\nB: 22\r\nC: 3\r\nEmpty: \r\n", Encoding.ASCII.GetString(table.FirstLines(28)));
        Assert.Throws<ArgumentOutOfRangeException>(() => table.FirstLines(29).Length);
    }

    [Fact]
    public void A_table_without_lines_is_packed_too()
    {
        var table = new FieldTable();
        Assert.True(table.TryPack(_ => true, out _));
        Assert.Equal(0, table.Count);
        Assert.True(table.FirstLines(0).IsEmpty);
    }

    [Fact]
    public void A_packed_table_does_not_change()
    {
        var table = Messages.Response(200, "A: 1", "B: 2").Fields;
        Assert.True(table.TryPack(i => i == 1, out _));
        Assert.False(table.TryPack(i => i == 0, out _));
        Assert.Throws<InvalidOperationException>(() => table.Add("C"u8, "3"u8));
        Assert.Throws<InvalidOperationException>(() => table.Remove(0));
        Assert.Throws<InvalidOperationException>(() => table.Shorten(0, 0));
        Assert.Throws<InvalidOperationException>(() => table.CopyTo(new FieldTable(), []));
        Assert.Equal("B: 2\r\nA: 1\r\n", Encoding.ASCII.GetString(table.FirstLines(12)));
    }

    [Fact]
    public void Lines_of_a_table_that_is_not_packed_are_not_one_piece() =>
        Assert.Throws<InvalidOperationException>(() => Messages.Response(200, "A: 1").Fields.FirstLines(6).Length);

    private static void AssertSame(FieldTable plain, int index, FieldTable packed, int place)
    {
        Assert.True(plain.Name(index).SequenceEqual(packed.Name(place)));
        Assert.True(plain.Value(index).SequenceEqual(packed.Value(place)));
        Assert.Equal(plain.Known(index), packed.Known(place));
        Assert.Equal(plain.IsOurs(index), packed.IsOurs(place));
        Assert.Equal(plain.IsHopByHop(index), packed.IsHopByHop(place));
    }
}
