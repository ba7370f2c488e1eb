namespace TlsProxy.Uring.Interop;

/// <summary>Numbers of signals that the runtime has no name for: signal(7), those of x86-64 and arm64.</summary>
public static class SignalConstants
{
    public const int SIGUSR1 = 10;
}
