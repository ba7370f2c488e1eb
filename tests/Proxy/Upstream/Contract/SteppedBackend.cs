using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>A back end of the kernel's by the clock of a test.</summary>
internal sealed class SteppedBackend : ILoopBackend
{
    private readonly ILoopBackend _kernel;
    private readonly SteppedTime _time;

    public SteppedBackend(ILoopBackend kernel, SteppedTime time)
    {
        _kernel = kernel;
        _time = time;
        time.OnAdvance = Wake;
    }

    public long Now => 100 * _time.GetTimestamp();

    public ISocketCalls Sockets => _kernel.Sockets;

    public LoopStatistics Statistics => _kernel.Statistics;

    public bool SendsWithoutCopying => _kernel.SendsWithoutCopying;

    public void Submit(Operation operation) => _kernel.Submit(operation);

    public void Cancel(Operation operation) => _kernel.Cancel(operation);

    public int Wait(Span<Completion> completions, long timeoutNanoseconds) => _kernel.Wait(completions, timeoutNanoseconds);

    public NativeSlice Buffer(int bufferId) => _kernel.Buffer(bufferId);

    public void ReturnBuffer(int bufferId) => _kernel.ReturnBuffer(bufferId);

    public void Wake() => _kernel.Wake();

    public void Dispose() => _kernel.Dispose();
}
