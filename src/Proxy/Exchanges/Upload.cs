using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The body of an exchange's request on its way from the protocol, which decodes it, to the origin: whether it still comes, and
/// how fast.</summary>
internal sealed class Upload(EventLoop loop, DeadlineOptions deadlines, IExchangeOwner owner) : IRequestBodyWriter
{
    private Life _life;

    /// <summary>Bytes are still to come.</summary>
    public bool IsUnderWay => _life.IsUnderWay;

    /// <summary>Whether the body has come too slowly up to now.</summary>
    public bool IsTooSlow => _life.IsUnderWay && _life.Pace.IsTooSlow(loop.Now);

    /// <summary>Has the protocol write the body of a request from now on.</summary>
    public RequestBody Begin(RequestHead head)
    {
        long? length = head.Framing == BodyFraming.Length ? head.ContentLength : null;
        var body = new RequestBody(length, loop, this) { TellsWanted = head.ExpectsContinue };
        _life = new Life
        {
            IsUnderWay = true,
            Pace = new UploadPace(deadlines.BodyRateMinimum, deadlines.BodyGrace, deadlines.Body),
        };
        owner.TakeBody(head, body);
        // A client that waits for 100 Continue sends nothing yet.
        if (!head.ExpectsContinue)
            Watch();
        return body;
    }

    /// <summary>Begins to look at how the body comes, which the proxy is ready to read.</summary>
    public void Watch()
    {
        _life.Pace.Resume(loop.Now);
        owner.Arm(deadlines.BodyLook);
    }

    /// <summary>Bytes have come and are in the body's buffer.</summary>
    /// <param name="count">Bytes, with their framing.</param>
    public void Take(int count) => _life.Pace.Take(count, loop.Now);

    /// <summary>The buffer has no room for bytes that have come.</summary>
    public void Pause() => _life.Pace.Pause(loop.Now);

    /// <summary>The last byte has come, or none more is read.</summary>
    public void End() => _life = default;

    public void OnWanted()
    {
        if (_life.IsUnderWay)
            owner.OnBodyWanted();
    }

    public void OnRoom()
    {
        if (!_life.IsUnderWay)
            return;
        _life.Pace.Resume(loop.Now);
        owner.OnBodyRoom();
    }

    public void OnFault() => owner.OnFault();

    /// <summary>All that is known of one body; replaced as a whole at its end.</summary>
    private struct Life
    {
        public bool IsUnderWay;
        public UploadPace Pace;
    }
}
