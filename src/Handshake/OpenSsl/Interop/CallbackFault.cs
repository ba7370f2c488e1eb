using System.Runtime.ExceptionServices;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>What a callback of libssl has thrown. C can't be thrown through: the callback answers with a failure, and who called libssl
/// throws it on.</summary>
internal static class CallbackFault
{
    // Each thread's own: a callback runs on the thread that called libssl.
    [ThreadStatic]
    private static ExceptionDispatchInfo? t_thrown;

    /// <summary>Keeps what a callback has thrown; of several the first.</summary>
    /// <returns><paramref name="answer"/>, for C.</returns>
    internal static int Keep(Exception exception, int answer)
    {
        t_thrown ??= ExceptionDispatchInfo.Capture(exception);
        return answer;
    }

    /// <summary>Throws what was kept.</summary>
    internal static void ThrowKept()
    {
        if (t_thrown is not { } thrown)
            return;
        t_thrown = null;
        thrown.Throw();
    }
}
