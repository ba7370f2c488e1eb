using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>What libcrypto asks for passwords with while it reads PEM files.</summary>
internal static unsafe class PemPasswords
{
    /// <summary>A key behind a password can't be read by a server that nobody sits before; libcrypto would ask on the terminal.</summary>
    [UnmanagedCallersOnly]
    internal static int Refuse(byte* buffer, int size, int writing, void* argument) => 0;
}
