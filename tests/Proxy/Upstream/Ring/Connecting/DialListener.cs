using System.Net;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Ring.Connecting;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Connecting;

/// <summary>Hears what becomes of dials, and keeps the descriptor it gets. After a fault it closes that, as every owner has to.</summary>
internal sealed class DialListener : IDialOwner
{
    /// <summary>Outcomes such as <c>connected 127.0.0.1:1</c> or <c>ConnectFailed 127.0.0.1:1, ECONNREFUSED</c>.</summary>
    public List<string> Told { get; } = [];

    public int Faults { get; private set; }

    public int Descriptor { get; private set; } = -1;

    /// <summary>Done in each call, once it is noted; may throw.</summary>
    public Action? OnTold { get; set; }

    /// <summary>Closes a descriptor.</summary>
    public required Action<int> Close { get; init; }

    public void OnConnected(int descriptor, EndPoint address)
    {
        Descriptor = descriptor;
        Told.Add($"connected {address}");
        OnTold?.Invoke();
    }

    public void OnDialFailed(OriginFailure reason, OriginTrouble trouble)
    {
        Told.Add($"{reason} {trouble}");
        OnTold?.Invoke();
    }

    public void OnFault()
    {
        Faults++;
        Hang();
    }

    /// <summary>Closes the connection, if there is one.</summary>
    public void Hang()
    {
        if (Descriptor >= 0)
            Close(Descriptor);
        Descriptor = -1;
    }
}
