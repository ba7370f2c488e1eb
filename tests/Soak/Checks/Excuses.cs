using System.Collections.Concurrent;

namespace TlsProxy.Soak.Checks;

/// <summary>When the origin failed for which target: only then may a client get an error, or less than the whole.</summary>
internal sealed class Excuses
{
    private const long SlackMilliseconds = 2000;
    private readonly ConcurrentDictionary<string, State> _states = new();
    private readonly ConcurrentDictionary<string, long> _posts = new();

    /// <summary>Begins a failure that lasts until it is disposed.</summary>
    public IDisposable Begin(string path) => new Failure(_states.GetOrAdd(path, _ => new State()));

    /// <summary>Whether the origin failed for a target since a moment, but for what takes time to be seen.</summary>
    /// <param name="moment">As Environment.TickCount64 has it.</param>
    public bool Since(string path, long moment) =>
        _states.TryGetValue(path, out var state) && state.LastedUntil >= moment - SlackMilliseconds;

    /// <summary>Notes that a POST has come to the origin.</summary>
    public void OnPost(string path) => _posts[path] = Environment.TickCount64;

    /// <summary>Whether a POST has come to the origin since it was sent. One that hasn't was written to a kept connection that the origin
    /// was ending; the proxy mustn't send it once more, for it can't know (RFC 9110, section 9.2.2).</summary>
    /// <param name="sent">As Environment.TickCount64 has it.</param>
    public bool HasCome(string path, long sent) => _posts.TryGetValue(path, out var moment) && moment >= sent;

    private sealed class State
    {
        private int _under;
        private long _ended = long.MinValue;

        public long LastedUntil
        {
            get
            {
                lock (this)
                    return _under > 0 ? long.MaxValue : _ended;
            }
        }

        public void Add(int change)
        {
            lock (this)
            {
                _under += change;
                _ended = Environment.TickCount64;
            }
        }
    }

    private sealed class Failure : IDisposable
    {
        private State? _state;

        public Failure(State state)
        {
            _state = state;
            state.Add(1);
        }

        public void Dispose() => Interlocked.Exchange(ref _state, null)?.Add(-1);
    }
}
