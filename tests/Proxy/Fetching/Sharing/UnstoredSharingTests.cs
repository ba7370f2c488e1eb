using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>Which answers that aren't stored are shared by those who wait for them.</summary>
public sealed class UnstoredSharingTests : IDisposable
{
    private const long Window = 4 << 20;

    private readonly FetchScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(Window + 1, "Cache-Control: max-age=60")]
    [InlineData(1L << 40, "Cache-Control: max-age=60")]
    public void One_that_no_window_can_hold_is_fetched_by_each_so_that_no_reader_waits_for_another(long length, string field)
    {
        var tickets = Ask(3);
        _scene.Origin.Sinks[0].OnHead(Head(length, field));
        Assert.Equal(3, _scene.Origin.Sinks.Count);
        Assert.Equal([true, false, false], tickets.Select(ticket => ticket.Response is not null));

        _scene.Origin.Sinks[1].OnHead(Head(length, field));
        _scene.Origin.Sinks[2].OnHead(Head(length, field));
        Assert.All(tickets, ticket => Assert.Equal(1, ticket.Response!.Body.ReaderCount));
    }

    [Theory]
    [InlineData(Window, "Cache-Control: max-age=60")]
    [InlineData(null, "Cache-Control: max-age=60")]
    public void One_that_fits_a_window_or_of_unknown_length_is_shared(long? length, string field)
    {
        var tickets = Ask(3);
        _scene.Origin.Sinks[0].OnHead(Head(length, field));
        Assert.Single(_scene.Origin.Sinks);
        Assert.All(tickets, ticket => Assert.Equal(3, ticket.Response!.Body.ReaderCount));
    }

    private FetchTicket[] Ask(int count) => [.. Enumerable.Range(0, count).Select(_ => _scene.Client.Ask("/object/a"))];

    private static ResponseHead Head(long? length, string field)
    {
        var head = Messages.Response(200, field);
        head.Framing = length is null ? BodyFraming.Chunked : BodyFraming.Length;
        head.ContentLength = length ?? 0;
        return head;
    }
}
