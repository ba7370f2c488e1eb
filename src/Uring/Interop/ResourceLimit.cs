using System.Runtime.InteropServices;

namespace TlsProxy.Uring.Interop;

/// <summary>struct rlimit (getrlimit(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ResourceLimit
{
    public ulong Soft;
    public ulong Hard;
}
