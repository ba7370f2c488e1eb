using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Holds in checked builds that an answer's calls come one after the other, from whatever threads; others check
/// nothing.</summary>
internal struct SerialCalls
{
    // 1 during a call. Exchanged by an interlocked operation, since a second call comes from a thread of its own.
    private int _isInside;

    /// <summary>Begins a call, which lasts until the scope is disposed.</summary>
    [UnscopedRef]
    public Scope Begin()
    {
        Check();
        return new Scope(ref this);
    }

    [Conditional("DEBUG")]
    private void Check() => Debug.Assert(
        Interlocked.Exchange(ref _isInside, 1) == 0, "An answer was called while another call of it went on.");

    // Whoever calls next has been handed the answer with a fence of its own; this write comes before it.
    [Conditional("DEBUG")]
    private void End() => Volatile.Write(ref _isInside, 0);

    /// <summary>One call.</summary>
    public readonly ref struct Scope
    {
        private readonly ref SerialCalls _calls;

        public Scope(ref SerialCalls calls) => _calls = ref calls;

        public void Dispose() => _calls.End();
    }
}
