using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Lives;
using TlsProxy.Uring.Faults;
using static TlsProxy.Proxy.Tests.Fetching.PartAnswers;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>One exchange in which the proxy has to forget at one moment: at a step of client or origin, where a fetch is built that nobody
/// knows of yet, or at a look at the clock within the proxy.</summary>
internal sealed class ForgetRun : IDisposable
{
    private const string OldContent = "0123456789abcdefghij";
    private const string NewContent = "KLMNOPQRSTUVWXYZ!?-+";

    private readonly FaultLedger _faults;
    private readonly FetchScene _scene;
    private readonly FetchShard[] _shards;
    private readonly FetchTicket? _post;
    private readonly List<FetchTicket> _before = [];
    private readonly List<FetchTicket> _after = [];
    private readonly int _at;

    // The requests that the origin had when the proxy had forgotten; -1 until then.
    private int _oldRequests = -1;
    private bool _forgets;
    private int _begun;
    private int _answered;

    /// <param name="at">The number of the moment; negative for none before the end.</param>
    public ForgetRun(ForgetBy order, int shards, int at)
    {
        _faults = new FaultLedger { Point = (_, _) => Moment() };
        _scene = new FetchScene(new CachePolicy { Rules = Passing }, faults: _faults, shards: shards);
        _shards = [.. Peek.Elements(_scene.Table, "_shards", "_shards").Cast<FetchShard>()];
        Assert.Equal(shards, _shards.Length);
        if (order == ForgetBy.Post)
        {
            _post = _scene.Client.Send("/object/a", "POST");
            _begun = _answered = 1;
        }

        _at = at;
        Moments = 0;
        _scene.Time.OnLook = Moment;
    }

    /// <summary>Moments so far.</summary>
    public int Moments { get; private set; }

    public void Dispose() => _scene.Dispose();

    public void Ask(string method, params string[] fields)
    {
        Moment();
        var tickets = _oldRequests < 0 ? _before : _after;
        tickets.Add(_scene.Client.Send("/object/a", method, fields));
    }

    /// <summary>A client got the stored response, which is stale by now.</summary>
    public void Refresh()
    {
        Moment();
        if (_scene.Find() is not { } entry || !entry.Response.TryAcquire())
            return;
        if (_scene.Table.Claim(entry))
            _scene.Table.Refresh(_scene.Client.Home, Messages.Request(), new ForwardedClient("127.0.0.1", false), entry);
        entry.Response.Release();
    }

    public void Pass(int seconds) => _scene.Time.Advance(seconds);

    /// <summary>The origin begins to answer what it was asked.</summary>
    public void AnswerHead(params string[] fields)
    {
        while (_begun < _scene.Origin.Sinks.Count)
        {
            Moment();
            var index = _begun++;
            _scene.Origin.Sinks[index].OnHead(HeadOf(index, fields));
        }
    }

    /// <summary>The origin answers in whole what it was asked.</summary>
    public void Answer(params string[] fields)
    {
        while (_answered < _scene.Origin.Sinks.Count)
        {
            AnswerHead(fields);
            var sink = _scene.Origin.Sinks[_answered];
            Moment();
            if (!IsConditional(_answered) && _scene.Origin.Method(_answered) != KnownMethod.Head)
                sink.Deliver(Encoding.ASCII.GetBytes(ContentOf(_answered)[RangeOf(_answered)]));
            Moment();
            sink.OnEnd();
            _answered++;
        }
    }

    /// <summary>Has the proxy forget where it hasn't, and asks for a part and for the whole.</summary>
    public void CheckNothingOldIsLeft()
    {
        if (_oldRequests < 0)
            Forget();
        Ask("GET", "Range: bytes=2-3");
        Answer(Fresh);
        Ask("GET");
        Answer(Fresh);
        Assert.All(_before, static ticket => Assert.True(ticket.IsAnswered));
        Assert.All(_after.FindAll(static ticket => ticket.Request.Method == KnownMethod.Get), CheckIsNew);
        Assert.Equal((0, 0, 0L), (_scene.Table.InFlight, _scene.Table.Joinable, _faults.Count));
        foreach (var ticket in _before.Concat(_after))
            ticket.TakeResponse()?.Release();
        _post?.TakeResponse()?.Release();
        _scene.Clear();
        Assert.Equal(0, _scene.RentedSegments);
    }

    private static void CheckIsNew(FetchTicket ticket)
    {
        var text = Read(ticket);
        Assert.NotEmpty(text);
        Assert.Contains(text, NewContent, StringComparison.Ordinal);
    }

    private void Moment()
    {
        // The answer to a POST takes the gates of shards and fetches: another thread would have to wait where this one holds any.
        if (_forgets || (_post is not null && HoldsGate()))
            return;
        if (Moments++ == _at && _oldRequests < 0)
            Forget();
    }

    private void Forget()
    {
        _forgets = true;
        if (_post is null)
            ClearElsewhere();
        else
            _scene.Origin.Answer(0, Messages.Response(204));
        _forgets = false;
        _oldRequests = _scene.Origin.Sinks.Count;
    }

    /// <summary>A clear releases what there was, which takes long: it is another thread's where this one holds a gate.</summary>
    private void ClearElsewhere()
    {
        var clearing = new Thread(() => _scene.Table.Clear());
        clearing.Start();
        clearing.Join();
    }

    private bool HoldsGate() => Array.Exists(_shards, static shard => shard.Gate.IsHeldByCurrentThread
        || ((HashSet<Fetch>)Peek.At(shard, "_active")!).Any(static fetch => ((Lock)Peek.At(fetch, "_gate")!).IsHeldByCurrentThread));

    private ResponseHead HeadOf(int index, string[] fields)
    {
        if (IsConditional(index))
            return Messages.Response(304, [Tag, .. fields]);
        var (first, length) = RangeOf(index).GetOffsetAndLength(OldContent.Length);
        return length < OldContent.Length
            ? Part(first, first + length - 1, [Tag, .. fields])
            : Messages.Response(200, [Tag, .. fields]);
    }

    private string ContentOf(int index) => index < _oldRequests || _oldRequests < 0 ? OldContent : NewContent;

    private bool IsConditional(int index) => _scene.Origin.Field(index, "If-None-Match") is not null;

    /// <summary>What the origin was asked for.</summary>
    private Range RangeOf(int index)
    {
        if (_scene.Origin.Field(index, "Range") is not { } range)
            return ..;
        var ends = range["bytes=".Length..].Split('-');
        var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        return first..(ends[1].Length == 0 ? OldContent.Length : int.Parse(ends[1], CultureInfo.InvariantCulture) + 1);
    }
}
