namespace TlsProxy.Uring.Interop;

/// <summary>Levels and options of sockets by the names of their headers: socket(7), tcp(7), ipv6(7), unix(7).</summary>
public static class SocketConstants
{
    public const int SOL_SOCKET = 1;
    public const int SO_REUSEADDR = 2;
    public const int SO_ERROR = 4;
    public const int SO_SNDBUF = 7;
    public const int SO_KEEPALIVE = 9;
    public const int SO_LINGER = 13;
    public const int SO_REUSEPORT = 15;
    public const int SO_PEERCRED = 17;
    public const int SO_ACCEPTCONN = 30;
    public const int SCM_RIGHTS = 1;

    public const int IPPROTO_TCP = 6;
    public const int TCP_NODELAY = 1;
    public const int TCP_KEEPIDLE = 4;
    public const int TCP_KEEPINTVL = 5;
    public const int TCP_ULP = 31;

    public const int IPPROTO_IPV6 = 41;
    public const int IPV6_V6ONLY = 26;
}
