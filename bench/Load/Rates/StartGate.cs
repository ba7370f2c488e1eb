namespace TlsProxy.Bench.Load.Rates;

/// <summary>Holds the clients' threads until all of them are there, so that none costs the others time once requests are due.</summary>
internal sealed class StartGate
{
    // Written before the event is set, read after it was waited for.
    private Arrivals? _arrivals;
    private long _limit;
    private readonly ManualResetEventSlim _opened = new(initialState: false, spinCount: 0);

    /// <summary>Runs a client as soon as the gate is open.</summary>
    public void Run(PacedClient client)
    {
        _opened.Wait();
        client.Run(_arrivals!, _limit);
    }

    /// <param name="limit">When clients leave the rest, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    public void Open(Arrivals arrivals, long limit)
    {
        _arrivals = arrivals;
        _limit = limit;
        _opened.Set();
    }
}
