using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Upstream.Ring.Connecting;

/// <summary>Connects to the first address of several that answers (happy eyeballs, RFC 8305, section 5): a further attempt begins
/// <see cref="AttemptDelay"/> after the last, or at once when one has failed, and those under way go on. One life, which
/// <see cref="Start"/> begins. It ends with one call of the owner, or with <see cref="Cancel"/>. The loop's thread alone uses it.</summary>
internal sealed class Dial : IDeadlineHandler, IPosted
{
    /// <summary>The time that an attempt has before the next one begins beside it (RFC 8305, section 8).</summary>
    public static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>The time until a UNIX socket is tried again whose backlog was full: the kernel tells nobody when there is room.</summary>
    public static readonly TimeSpan BacklogDelay = TimeSpan.FromMilliseconds(25);

    private readonly EventLoop _loop;
    private readonly DialOptions _options;
    private readonly Deadline _timeout;
    private readonly Deadline _next;
    private readonly List<DialAttempt> _attempts = [];
    private Queue<EndPoint> _waiting = [];
    private IDialOwner? _owner;
    private EndPoint? _lastTried;
    private (EndPoint Address, Errno Error)? _failed;
    private bool _hasEnded;

    public Dial(EventLoop loop, DialOptions options, IDialOwner owner)
    {
        _loop = loop;
        _options = options;
        _owner = owner;
        _timeout = new Deadline(this);
        _next = new Deadline(this);
    }

    /// <summary>An address in words of the log.</summary>
    public static string NameOf(EndPoint address) => address is UnixDomainSocketEndPoint ? $"unix:{address}" : address.ToString()!;

    /// <summary>Begins the first attempt.</summary>
    /// <param name="addresses">One at least: <see cref="IPEndPoint"/> or <see cref="UnixDomainSocketEndPoint"/>.</param>
    public void Start(IReadOnlyList<EndPoint> addresses)
    {
        ArgumentOutOfRangeException.ThrowIfZero(addresses.Count, nameof(addresses));
        _waiting = AddressOrder.Interleaved(addresses);
        try
        {
            _loop.Arm(_timeout, _options.ConnectTimeout);
            Advance();
        }
        catch
        {
            // The fault is the caller's, who may not know that a dial has begun.
            Bury();
            throw;
        }

        // Within this call the owner hears nothing.
        if (IsExhausted)
            _loop.Defer(this);
    }

    /// <summary>The owner hears nothing more. Attempts under way are cancelled, and their descriptors closed when they have
    /// completed.</summary>
    public void Cancel()
    {
        _owner = null;
        End();
    }

    public void Run() => EndIfExhausted();

    public void OnDeadline(Deadline deadline)
    {
        if (deadline == _timeout)
        {
            Fail(OriginFailure.ConnectTimeout, _lastTried!, error: null);
            return;
        }

        Advance();
        EndIfExhausted();
    }

    /// <summary>The connect of an attempt has completed.</summary>
    public void OnAttemptEnded(DialAttempt attempt, Errno error)
    {
        if (error == Errno.None)
        {
            Win(attempt);
            return;
        }

        Drop(attempt, error);
        if (!IsBacklogFull(attempt, error))
            Advance();
        EndIfExhausted();
    }

    public void OnFault()
    {
        Bury();
        _owner?.OnFault();
    }

    /// <summary>Nothing is under way, and nothing is left to try.</summary>
    private bool IsExhausted => _attempts.Count == 0 && _waiting.Count == 0;

    /// <summary>Begins attempts until one is under way or no address is left.</summary>
    private void Advance()
    {
        while (_waiting.TryPeek(out var address))
        {
            var attempt = new DialAttempt(_loop, this, address);
            _lastTried = address;
            // Before it begins: what ends the dial gives back what the attempt has by then.
            _attempts.Add(attempt);
            var error = attempt.Begin(_options);
            if (error == Errno.None)
            {
                _waiting.Dequeue();
                ArmNext(AttemptDelay);
                return;
            }

            Drop(attempt, error);
            if (!IsShortOfDescriptors(error))
            {
                _waiting.Dequeue();
                continue;
            }

            // An attempt that fails gives a descriptor back. Without one under way, the other addresses would find none either.
            if (_attempts.Count > 0)
                ArmNext(AttemptDelay);
            else
                _waiting.Clear();
            return;
        }
    }

    private void ArmNext(TimeSpan delay)
    {
        if (_waiting.Count > 0)
            _loop.Arm(_next, delay);
        else
            EventLoop.Disarm(_next);
    }

    private void Drop(DialAttempt attempt, Errno error)
    {
        attempt.Release();
        _attempts.Remove(attempt);
        _failed = (attempt.Address, error);
    }

    /// <summary>The address of a full backlog is tried again behind the others (EAGAIN, unix(7)); a TCP connect waits by itself.</summary>
    private bool IsBacklogFull(DialAttempt attempt, Errno error)
    {
        if (error != Errno.EAGAIN || attempt.Address is not UnixDomainSocketEndPoint)
            return false;
        _waiting.Enqueue(attempt.Address);
        ArmNext(BacklogDelay);
        return true;
    }

    private void Win(DialAttempt winner)
    {
        _attempts.Remove(winner);
        _attempts.Insert(0, winner);
        End(kept: 1);
        _attempts.Clear();
        var descriptor = winner.Surrender();
        _owner!.OnConnected(descriptor, winner.Address);
    }

    private void EndIfExhausted()
    {
        if (_hasEnded || !IsExhausted)
            return;
        var (address, error) = _failed!.Value;
        Fail(IsShortOfDescriptors(error) ? OriginFailure.NoDescriptor : OriginFailure.ConnectFailed, address, error.ToString());
    }

    private void Fail(OriginFailure reason, EndPoint address, string? error)
    {
        End();
        _owner!.OnDialFailed(reason, new OriginTrouble(NameOf(address), error));
    }

    /// <summary>No further attempt begins, and the owner has been told or is now.</summary>
    /// <param name="kept">Attempts, the first in the list, that aren't abandoned.</param>
    private void End(int kept = 0)
    {
        _hasEnded = true;
        EventLoop.Disarm(_timeout);
        EventLoop.Disarm(_next);
        // One leaves the list when it is abandoned: what throws here is made up for by the end after the fault.
        while (_attempts.Count > kept)
        {
            _attempts[^1].Abandon();
            _attempts.RemoveAt(_attempts.Count - 1);
        }
    }

    /// <summary>The same after a fault: whatever becomes of one attempt, the others end too.</summary>
    private void Bury()
    {
        _hasEnded = true;
        EventLoop.Disarm(_timeout);
        EventLoop.Disarm(_next);
        foreach (var attempt in _attempts)
            _loop.Faults.Attempt("the end of a connect to an origin", attempt, static attempt => attempt.Abandon());
        _attempts.Clear();
    }

    private static bool IsShortOfDescriptors(Errno error) => error is Errno.EMFILE or Errno.ENFILE;
}
