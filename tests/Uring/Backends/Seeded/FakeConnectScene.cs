using System.Net;
using System.Net.Sockets;
using TlsProxy.Testing.Backend;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Uring.Tests.Backends.Seeded;

/// <summary>A loop on a fake back end with a network, and what its owners hear.</summary>
internal sealed class FakeConnectScene : ICompletionHandler, IDisposable
{
    private const int TurnsMaximum = 1000;

    private readonly SegmentPool _pool = new();
    private readonly List<Segment> _addresses = [];

    public FakeConnectScene(int seed, FakeFaults? faults = null)
    {
        Backend = new FakeBackend(new Random(seed), _pool, new FakeKernel(), faults ?? new FakeFaults(), Clock, Network);
        Loop = new EventLoop(Backend);
    }

    public FakeNetwork Network { get; } = new();

    public FakeClock Clock { get; } = new();

    public FakeBackend Backend { get; }

    public EventLoop Loop { get; }

    /// <summary>Completions as they were told, such as <c>1: 0</c> or <c>2: ECANCELED</c>.</summary>
    public List<string> Told { get; } = [];

    /// <summary>Begins a connect.</summary>
    /// <returns>The socket's descriptor.</returns>
    public int Connect(Operation operation, EndPoint address)
    {
        var descriptor = Open(address);
        Loop.Connect(operation, descriptor, Memory(address));
        return descriptor;
    }

    public int Open(EndPoint address)
    {
        var error = address is UnixDomainSocketEndPoint
            ? Loop.Sockets.OpenUnix(out var descriptor) : Loop.Sockets.OpenTcp(address.AddressFamily, out descriptor);
        Assert.Equal(Errno.None, error);
        return descriptor;
    }

    /// <summary>The address in the kernel's form, kept until the scene's end.</summary>
    public NativeSlice Memory(EndPoint address)
    {
        var segment = _pool.TryRent(UnixSocketAddress.MaximumLength)!;
        _addresses.Add(segment);
        return segment.Memory.Slice(0, address is UnixDomainSocketEndPoint path
            ? UnixSocketAddress.Write(path, segment.Memory.Span)
            : SocketAddressText.Write((IPEndPoint)address, segment.Memory.Span));
    }

    public Operation Operation(int tag = 0) => new(this, tag);

    public void TurnUntil(Func<bool> isOver)
    {
        for (var turns = 0; !isOver(); turns++)
        {
            Assert.True(turns < TurnsMaximum, "It doesn't come to an end.");
            Loop.Turn();
        }
    }

    /// <summary>Turns until something was told.</summary>
    public string Next()
    {
        Told.Clear();
        TurnUntil(() => Told.Count > 0);
        return string.Join(", ", Told);
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        var received = result.Received.IsEmpty ? string.Empty : $" '{System.Text.Encoding.ASCII.GetString(result.Received.Span)}'";
        Told.Add($"{operation.Tag}: {(result.Succeeded ? result.Count : result.Error)}{received}");
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");

    public void Dispose()
    {
        Loop.Dispose();
        foreach (var address in _addresses)
            address.Release();
        _pool.Dispose();
    }
}
