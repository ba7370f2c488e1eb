using System.Net;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Connections.ProxyProtocol;

/// <summary>Is told what a connection's header says; nothing is pending on the descriptor then.</summary>
internal interface IProxyHeaderOwner : IFaultDomain
{
    /// <param name="source">The client's address, or null for that of the socket.</param>
    /// <param name="rest">What came behind the header, valid until the call returns.</param>
    void OnProxyHeader(IPAddress? source, ReadOnlySpan<byte> rest);

    /// <summary>The peer left, took too long, or sent no header.</summary>
    /// <param name="malformed">It sent something else.</param>
    void OnProxyHeaderFailed(bool malformed);
}

/// <summary>Receives the header of one connection.</summary>
internal sealed class ProxyHeaderStage : ICompletionHandler
{
    private readonly EventLoop _loop;
    private readonly IProxyHeaderOwner _owner;
    private readonly Operation _receive;
    private readonly InputBuffer _received = new();
    private int _descriptor = -1;
    private bool _cancelled;

    public ProxyHeaderStage(EventLoop loop, IProxyHeaderOwner owner)
    {
        _loop = loop;
        _owner = owner;
        _receive = new Operation(this);
    }

    public void Start(int descriptor)
    {
        _descriptor = descriptor;
        _loop.Receive(_receive, descriptor);
    }

    /// <summary>Gives up; the owner is told when nothing is pending.</summary>
    public void Cancel()
    {
        _cancelled = true;
        _loop.Cancel(_receive);
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (_cancelled || (result.Count == 0 && !result.IsTransient))
        {
            End();
            _owner.OnProxyHeaderFailed(malformed: false);
            return;
        }

        // Most headers come whole; only what is cut is kept.
        ReadOnlySpan<byte> bytes = result.Received.Span;
        if (!_received.IsEmpty)
        {
            _received.Append(bytes);
            bytes = _received.Span;
        }

        switch (ProxyHeader.Parse(bytes, out var length, out var source))
        {
            case ProxyHeaderStatus.Complete:
                _owner.OnProxyHeader(source, bytes[length..]);
                End();
                break;
            case ProxyHeaderStatus.Malformed:
                End();
                _owner.OnProxyHeaderFailed(malformed: true);
                break;
            default:
                if (_received.IsEmpty && !bytes.IsEmpty)
                    _received.Append(bytes);
                _loop.Receive(_receive, _descriptor);
                break;
        }
    }

    public void OnFault() => _owner.OnFault();

    /// <summary>Gives what is pending away; the stage does nothing more.</summary>
    public void Surrender(AbandonedSocket heir) => heir.TakeOver(_receive);

    /// <summary>Gives memory back, once nothing is pending that was surrendered.</summary>
    public void Discard() => End();

    /// <summary>The one place where a life ends; nothing is pending.</summary>
    private void End()
    {
        _received.Clear();
        _descriptor = -1;
        _cancelled = false;
    }
}
