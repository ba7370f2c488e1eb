using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Exchanges;

/// <summary>One exchange of an <see cref="InterleavedProtocol"/>, with what its client has allowed to come.</summary>
internal sealed class InterleavedStream : IExchangeOwner, IDeadlineHandler
{
    private const int FrameBytesMaximum = 1000;

    private readonly InterleavedProtocol _protocol;
    private readonly Deadline _deadline;
    private int _allowed;
    private int _inFlight;
    private int _status;
    private bool _ends;

    public InterleavedStream(char name, InterleavedProtocol protocol)
    {
        Name = name;
        _protocol = protocol;
        _deadline = new Deadline(this);
        Exchange = new Exchange(protocol.Connection.Services.Exchanges, protocol.Connection.Peer, this);
    }

    public char Name { get; }

    public Exchange Exchange { get; }

    public long SentBytes { get; private set; }

    public bool IsSending => _protocol.IsSending(this);

    public bool HasClientGone => false;

    /// <summary>The client has room for so many more bytes.</summary>
    public void Allow(int bytes) => _allowed += bytes;

    public bool TryBegin(in ResponsePart part, in CacheNote note)
    {
        _status = part.Status;
        _protocol.SendNext();
        return true;
    }

    /// <summary>This protocol has no interim responses.</summary>
    public bool TrySendInterims(ReadOnlySpan<InterimResponse> responses) => false;

    public void OnBytesArrived() => _protocol.SendNext();

    /// <summary>Sends what comes next, if there is anything that the client has room for.</summary>
    public bool TrySend()
    {
        if (!Exchange.IsResponding)
            return false;
        if (_status > 0)
        {
            Send(Encoding.ASCII.GetBytes(_status.ToString(CultureInfo.InvariantCulture)), default);
            _status = 0;
            return true;
        }

        if (_allowed == 0)
            return false;
        switch (Exchange.Reader.Read(Math.Min(_allowed, FrameBytesMaximum), out var slice))
        {
            case BodyStep.Bytes:
                _inFlight = slice.Bytes.Length;
                _allowed -= _inFlight;
                Send([], slice.Bytes);
                return true;
            case BodyStep.End:
                _ends = true;
                Send([], default);
                return true;
            case BodyStep.Cut:
                Exchange.OnCut();
                return false;
            default:
                return false;
        }
    }

    public void OnSent()
    {
        Exchange.OnBytesSent();
        SentBytes += _inFlight;
        Exchange.Reader.Advance(_inFlight);
        _inFlight = 0;
        if (!_ends)
            return;
        _ends = false;
        EventLoop.Disarm(_deadline);
        Exchange.Complete();
    }

    public void TakeBody(RequestHead head, RequestBody body) => Assert.Fail("The client sends no body.");

    public void OnBodyWanted() => Assert.Fail("The client sends no body.");

    public void OnBodyRoom() => Assert.Fail("The client sends no body.");

    public void AbortBody()
    {
    }

    public void Arm(TimeSpan after) => _protocol.Connection.Services.Exchanges.Loop.Arm(_deadline, after);

    public void Disarm() => EventLoop.Disarm(_deadline);

    public void OnDeadline(Deadline deadline) => Exchange.OnDeadline();

    public void Abort() => _protocol.Connection.Abort();

    public void OnFault() => _protocol.Connection.OnFault();

    public void End()
    {
        EventLoop.Disarm(_deadline);
        Exchange.End();
    }

    private void Send(ReadOnlySpan<byte> content, NativeSlice bytes)
    {
        var frame = Encoding.ASCII.GetBytes($"{Name}{content.Length + bytes.Length:x4}");
        frame.CopyTo(_protocol.Frame.Memory.Span);
        content.CopyTo(_protocol.Frame.Memory.Span[frame.Length..]);
        _protocol.Connection.Channel.Send([_protocol.Frame.Memory.Slice(0, frame.Length + content.Length), bytes]);
    }
}
