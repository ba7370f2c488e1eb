using System.Globalization;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Answers;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>Clients with and without credentials that ask for one target, some of whom leave, and an origin that answers with errors
/// mostly.</summary>
internal sealed class ErrorRounds : IDisposable
{
    private const int Steps = 60;

    // Of the answer that was joined and of the one that follows, each to a request with credentials or without, of each row.
    private const int ErrorsMaximum = 8;

    private readonly FetchScene _scene = new(new CachePolicy());
    private readonly Random _random;
    private readonly List<Client> _clients = [];
    private int _answered;

    public ErrorRounds(int seed)
    {
        _random = new Random(seed);
        _scene.Chance = Draw;
    }

    public int Drawings { get; private set; }

    /// <summary>Clients that got the proxy's own error.</summary>
    public int InTrouble { get; private set; }

    public void Dispose() => _scene.Dispose();

    public void Run()
    {
        for (var step = 0; step < Steps || _answered < _scene.Origin.Sinks.Count; step++)
        {
            Assert.True(step < 100 * Steps, "the rounds don't end");
            for (var more = step < Steps ? _random.Next(4) : 0; more > 0; more--)
                Ask();
            Leave(oneOf: 30);
            if (_answered < _scene.Origin.Sinks.Count && _random.Next(2) == 0)
                Answer(_answered++);
        }

        Assert.All(_clients, client => Assert.True(client.Ticket.IsAnswered));
        Assert.Equal((0, 0), (_scene.Table.InFlight, _scene.Table.Joinable));
        foreach (var client in _clients)
            client.Ticket.TakeResponse()?.Release();
        _scene.Clear();
        Assert.Equal(0, _scene.RentedSegments);
    }

    /// <summary>Some leave just when one is drawn.</summary>
    private int Draw(int count)
    {
        Drawings++;
        Leave(oneOf: 8);
        return _random.Next(count);
    }

    private void Ask()
    {
        _scene.Client.Address = (_random.Next(2) == 0 ? "192.0.2." : "2001:db8::") + Number(4);
        var own = _random.Next(3) > 0 ? "Cookie: a=" + Number(100) : "B: " + Number(2);
        var asked = _scene.Origin.Sinks.Count;
        _clients.Add(new Client(_scene.Client.Send("/a", _random.Next(4) == 0 ? "HEAD" : "GET", "A: " + Number(2), own), asked));
    }

    private void Leave(int oneOf)
    {
        foreach (var client in _clients.Where(client => !client.Ticket.IsAnswered && _random.Next(oneOf) == 0).ToArray())
        {
            client.Ticket.Leave();
            _clients.Remove(client);
        }
    }

    private void Answer(int index)
    {
        var sink = (ArrivingAnswer)_scene.Origin.Sinks[index];
        if (_scene.Origin.IsCancelled(index))
        {
            sink.OnFailed(OriginFailure.Cancelled);
            return;
        }

        var waiting = _clients.Where(client => client.Ticket.WaitsFor(sink.Fetch)).ToArray();
        var status = _random.Next(2) == 0 ? _random.GetItems([200, 304, 400, 403, 404], 1)[0] : 503;
        List<string> fields = status == 200 ? ["Cache-Control: max-age=10, stale-if-error=5", "ETag: \"1\""] : [];
        fields.AddRange(new[] { "Vary: A", "Set-Cookie: a=b" }.Where(_ => _random.Next(6) == 0));
        _scene.Origin.Answer(index, Messages.Response(status, [.. fields]));
        _scene.Time.Advance(_random.Next(4) * 5);
        var isOfOne = _scene.Origin.Field(index, "Cookie") is not null;
        foreach (var client in waiting)
        {
            client.Errors = status >= 400 ? client.Errors + 1 : 0;
            Check(client, index, isOfOne);
        }
    }

    private void Check(Client client, int index, bool isOfOne)
    {
        Assert.True(client.Errors <= ErrorsMaximum, "one waits for ever more answers");
        if (client.Ticket.Failure != OriginFailure.InTrouble)
            return;
        InTrouble++;
        Assert.True(client.Ticket.IsOfOne || !isOfOne, "an error to credentials counts for one without");
        Assert.True(client.Asked <= index || !isOfOne, "an error to credentials counts for one who came later");
    }

    private string Number(int count) => _random.Next(count).ToString(CultureInfo.InvariantCulture);

    /// <param name="asked">The requests to the origin before it asked.</param>
    private sealed class Client(FetchTicket ticket, int asked)
    {
        public FetchTicket Ticket => ticket;

        public int Asked => asked;

        /// <summary>Errors in a row that it has waited for.</summary>
        public int Errors { get; set; }
    }
}
