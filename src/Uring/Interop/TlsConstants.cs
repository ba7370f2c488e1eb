namespace TlsProxy.Uring.Interop;

/// <summary>The level of a socket whose records the kernel makes or opens, its options and the types of its control messages, by their
/// names in linux/tls.h (Documentation/networking/tls.rst).</summary>
public static class TlsConstants
{
    public const int SOL_TLS = 282;
    public const int TLS_TX = 1;
    public const int TLS_RX = 2;
    public const int TLS_SET_RECORD_TYPE = 1;
    public const int TLS_GET_RECORD_TYPE = 2;
}
