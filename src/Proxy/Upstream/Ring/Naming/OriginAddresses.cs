using System.Net;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Upstream.Ring.Naming;

/// <summary>The addresses of one origin's name, shared by all workers and renewed while it is used. A thread of the pool asks the resolver,
/// one lookup at a time. No timer runs between lookups.</summary>
internal sealed class OriginAddresses : IThreadPoolWorkItem
{
    /// <summary>The age at which a need renews the addresses.</summary>
    public static readonly TimeSpan AddressesLifetime = TimeSpan.FromSeconds(30);

    /// <summary>How long a failure stands before a need asks again. So a herd on a name that fails is one lookup a second.</summary>
    public static readonly TimeSpan FailureLifetime = TimeSpan.FromSeconds(1);

    /// <summary>How long needs wait for a lookup. A later answer is still taken.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly NameLookup _lookup;
    private readonly TimeProvider _time;

    // Guards the waiters, and every change of what is known. Nothing is called under it but the clock.
    private readonly Lock _gate = new();
    private readonly List<(IMailbox Mailbox, IPosted Waiter)> _waiters = [];

    // One immutable object, written under the gate by the thread that begins or ends a lookup, read by any thread without it. It is null
    // from the beginning of a lookup until its answer or its deadline, unless older addresses stand in. An object that lasts for ever says
    // that nobody has to ask: a lookup is under way, or the address is literal.
    private Known? _known;

    /// <param name="host">A name, a literal address without brackets, or <c>unix:</c> with a path.</param>
    /// <param name="port">Not used for a path.</param>
    /// <param name="lookUp">The resolver; null for the system's.</param>
    /// <param name="faults">Where faults of the resolver are counted; null lets exceptions pass.</param>
    /// <exception cref="ArgumentException">The path is empty, or longer than sockaddr_un holds (unix(7)).</exception>
    public OriginAddresses(
        string host, int port, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? lookUp = null,
        FaultLedger? faults = null)
    {
        _time = time;
        _lookup = new NameLookup(host, port, lookUp ?? Dns.GetHostAddressesAsync, faults ?? FaultLedger.Passing);
        // What is known of a name at first is out of date, so the first need asks.
        _known = NameLookup.WithoutLookup(host, port) is { } literal
            ? new Known(literal, time.GetTimestamp(), TimeSpan.MaxValue)
            : new Known(_lookup.Late, time.GetTimestamp(), TimeSpan.Zero);
    }

    /// <summary>What is known of the name; null where nothing is known yet. Any thread may call it. It waits for no resolver.</summary>
    /// <param name="mailbox">The mailbox of the loop that <paramref name="waiter"/> runs on.</param>
    /// <param name="waiter">Posted once where the result is null, when there is an answer or the resolver is too slow. It then asks
    /// again, and may get null again where it ran much later.</param>
    public OriginNames? TryGet(IMailbox mailbox, IPosted waiter)
    {
        // Read without the gate: most needs find a list that is fresh, or is being renewed already.
        var known = Volatile.Read(ref _known);
        return known is not null && !known.IsOver(_time.GetTimestamp(), _time) ? known.Names : TryGetGuarded(mailbox, waiter);
    }

    /// <summary>Runs one lookup on a thread of the pool. What nothing contains ends the process.</summary>
    public async void Execute()
    {
        var asking = _lookup.AskAsync();
        await ((Task)asking).WaitAsync(Patience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!asking.IsCompleted)
            Publish(_lookup.Late, TimeSpan.MaxValue);
        var names = await asking.ConfigureAwait(false);
        Publish(names, names.Addresses.IsEmpty ? FailureLifetime : AddressesLifetime);
    }

    private OriginNames? TryGetGuarded(IMailbox mailbox, IPosted waiter)
    {
        var now = _time.GetTimestamp();
        OriginNames? names;
        var begins = false;
        lock (_gate)
        {
            // Another thread may have begun a lookup, or ended one, since the look without the gate.
            if (_known is { } known && known.IsOver(now, _time))
            {
                begins = true;
                Volatile.Write(ref _known, known.Names.Addresses.IsEmpty ? null : known with { Lifetime = TimeSpan.MaxValue });
            }

            names = _known?.Names;
            if (names is null)
                _waiters.Add((mailbox, waiter));
        }

        if (begins)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return names;
    }

    private void Publish(OriginNames answer, TimeSpan lifetime)
    {
        var now = _time.GetTimestamp();
        (IMailbox Mailbox, IPosted Waiter)[] waiters;
        lock (_gate)
        {
            // Addresses that are known outlive a lookup that fails or is slow.
            var names = answer.Addresses.IsEmpty && _known is { Names.Addresses.IsEmpty: false } old ? old.Names : answer;
            Volatile.Write(ref _known, new Known(names, now, lifetime));
            waiters = [.. _waiters];
            _waiters.Clear();
        }

        foreach (var (mailbox, waiter) in waiters)
            mailbox.Post(waiter);
    }

    /// <param name="Since">When it was published, as a timestamp.</param>
    /// <param name="Lifetime">How long it holds before a need asks again.</param>
    private sealed record Known(OriginNames Names, long Since, TimeSpan Lifetime)
    {
        public bool IsOver(long now, TimeProvider time) => time.GetElapsedTime(Since, now) >= Lifetime;
    }
}
