namespace TlsProxy.Uring.Interop;

/// <summary>The events of poll(2), which the polls of both back ends take too.</summary>
public static class PollConstants
{
    public const int POLLIN = 1;
    public const int POLLOUT = 4;
    public const int POLLNVAL = 0x20;
    public const int POLLRDHUP = 0x2000;
}
