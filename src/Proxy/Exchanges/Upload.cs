using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The body of an exchange's request on its way from the protocol, which decodes it, to the origin: whether it still comes, and
/// how fast.</summary>
internal sealed class Upload(ExchangeServices services, IExchangeOwner owner) : IRequestBodyWriter
{
    private Life _life;

    /// <summary>Bytes are still to come.</summary>
    public bool IsUnderWay => _life.IsUnderWay;

    /// <summary>Whether the body has come too slowly up to now.</summary>
    public bool IsTooSlow => _life.IsUnderWay && _life.Pace.IsTooSlow(services.Loop.Now);

    /// <summary>Has the protocol write the body of a request from now on.</summary>
    public RequestBody Begin(RequestHead head)
    {
        long? length = head.Framing == BodyFraming.Length ? head.ContentLength : null;
        var body = new RequestBody(length, services.Loop, this, services.UploadPool) { TellsWanted = head.ExpectsContinue };
        _life = new Life
        {
            IsUnderWay = true,
            Pace = new UploadPace(services.Deadlines.BodyRateMinimum, services.Deadlines.BodyGrace, services.Deadlines.Body),
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
        _life.Pace.Resume(services.Loop.Now);
        owner.Arm(services.Deadlines.BodyLook);
    }

    /// <summary>Bytes have come and are in the body's buffer.</summary>
    /// <param name="count">Bytes, with their framing.</param>
    public void Take(int count) => _life.Pace.Take(count, services.Loop.Now);

    /// <summary>The buffer has no room for bytes that have come.</summary>
    public void Pause() => _life.Pace.Pause(services.Loop.Now);

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
        _life.Pace.Resume(services.Loop.Now);
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
