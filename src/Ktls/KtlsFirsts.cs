using TlsProxy.Uring;

namespace TlsProxy.Ktls;

/// <summary>Which of the events that the log tells once have happened, for all workers together.</summary>
public sealed class KtlsFirsts
{
    private const int Errors = 256;

    // A mark for each error of the kernel, and one for late aborts. Several workers may come at once: the one that finds it unset is first.
    private readonly int[] _marks = new int[Errors + 1];

    /// <returns>True for the first refusal with this error.</returns>
    internal bool IsFirstRefusal(Errno error) => Interlocked.Exchange(ref _marks[(int)error & (Errors - 1)], 1) == 0;

    /// <returns>True for the first.</returns>
    internal bool IsFirstLateAbort() => Interlocked.Exchange(ref _marks[Errors], 1) == 0;
}
