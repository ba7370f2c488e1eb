using System.Net.Sockets;
using System.Runtime.InteropServices;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls.Costs;

/// <summary>Measures one way of making records on a loopback connection, with the transmitters that serve clients: the same records
/// and, with the default size of chunks, the same sends. The receiver is the same thread, between the intervals that are
/// measured.</summary>
internal sealed class RecordMeter : IRecordMeter, ICompletionHandler, IDisposable
{
    private readonly MeterMemory _memory;
    private readonly LoopbackPair _pair;
    private readonly SessionKeys _keys;
    private readonly Operation _operation;
    private readonly ITransmitter _transmitter;
    private bool _hasCompleted;
    private bool _hasFailed;
    private int _sent;

    private RecordMeter(MeterMemory memory, LoopbackPair pair, SessionKeys keys, bool inKernel)
    {
        _memory = memory;
        _pair = pair;
        _keys = keys;
        _operation = new Operation(this);
        var limit = new KeyLimit(keys.Suite.Aead(), records: null);
        if (inKernel)
        {
            var kernel = new SocketTransmitter(memory.Loop, _operation, memory.Stock, new ChannelOptions().ChunkBytes);
            kernel.StartKernel(limit, keys.Transmit.Sequence);
            _transmitter = kernel;
        }
        else
        {
            var sealing = new SealedTransmitter(memory.Loop, _operation, memory.Stock, new SealQueue());
            sealing.Start(new RecordSealer(keys.Version, keys.Suite, keys.Transmit), limit);
            _transmitter = sealing;
        }
    }

    /// <summary>Of both ends.</summary>
    internal (SafeHandle Ours, SafeHandle Peer) Descriptors => (_pair.Ours.SafeHandle, _pair.Peer.SafeHandle);

    /// <returns>Null when the kernel refuses the keys.</returns>
    /// <exception cref="SocketException">There are no descriptors, or there is no loopback interface.</exception>
    public static RecordMeter? TryCreate(MeterMemory memory, CipherSuite suite, bool inKernel)
    {
        var pair = new LoopbackPair();
        var keys = ProbeKeys.Create(suite);
        pair.Ours.NoDelay = true;
        var sockets = memory.Loop.Sockets;
        var descriptor = (int)pair.Ours.Handle;
        var error = inKernel ? KtlsSocket.Attach(sockets, descriptor) : Errno.None;
        if (inKernel && error == Errno.None)
            error = KtlsSocket.SetTransmit(sockets, descriptor, keys);
        if (error == Errno.None)
            return new RecordMeter(memory, pair, keys, inKernel);
        pair.Dispose();
        keys.Dispose();
        return null;
    }

    public long? TrySend(int bytes, Func<bool> isOver)
    {
        if (_hasFailed)
            return null;
        var descriptor = (int)_pair.Ours.Handle;
        var spent = 0L;
        var from = _memory.Clock.Nanoseconds;
        var step = _transmitter.TrySend(descriptor, [_memory.Head, _memory.Body(bytes)]);
        while (step == TransmitStep.Sending)
        {
            _memory.Loop.Turn(wait: false);
            spent += _memory.Clock.Nanoseconds - from;
            _hasFailed |= !TryDrain() || isOver();
            if (_hasFailed)
                return null;
            from = _memory.Clock.Nanoseconds;
            if (!_hasCompleted)
                continue;
            _hasCompleted = false;
            step = _transmitter.Advance(descriptor, _sent);
        }

        spent += _memory.Clock.Nanoseconds - from;
        _hasFailed = step != TransmitStep.Done;
        return _hasFailed ? null : spent;
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        _hasCompleted = true;
        _hasFailed |= !result.Succeeded;
        _sent = result.Count;
    }

    /// <summary>Nothing is measured on this connection any more.</summary>
    public void OnFault() => _hasFailed = true;

    public void Dispose()
    {
        // What the socket had no room for would name memory that goes now.
        _memory.Loop.Cancel(_operation);
        _memory.Loop.Turn(wait: false);
        _transmitter.Release();
        _pair.Dispose();
        _keys.Dispose();
    }

    /// <summary>Reads what has come, so that the socket has room for the next.</summary>
    private bool TryDrain()
    {
        var error = SocketError.Success;
        while (_pair.Peer.Available > 0 && error == SocketError.Success)
            _ = _pair.Peer.Receive(_memory.Received, SocketFlags.None, out error);
        return error == SocketError.Success;
    }
}
