namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Opens when a number of arrivals has been counted; whoever waits goes on then.</summary>
internal sealed class Gate(int arrivals)
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _missing = arrivals;

    public void Arrive()
    {
        if (Interlocked.Decrement(ref _missing) == 0)
            _open.TrySetResult();
    }

    public async Task WaitAsync(CancellationToken cancellation)
    {
        try
        {
            await _open.Task.WaitAsync(RunningKernel.TestLimit, cancellation);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{Volatile.Read(ref _missing)} arrivals are missing at a gate.");
        }
    }
}
