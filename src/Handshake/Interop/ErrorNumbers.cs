namespace TlsProxy.Handshake.Interop;

/// <summary>Error numbers of Linux on x86-64 and arm64 that files can end with: errno(3), asm-generic/errno.h.</summary>
internal static class ErrorNumbers
{
    public const int EPERM = 1;
    public const int ENOENT = 2;
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int EACCES = 13;
    public const int ENOTDIR = 20;
    public const int ENFILE = 23;
    public const int EMFILE = 24;
}
