using System.Runtime.InteropServices;

namespace TlsProxy.Testing.Interop;

/// <summary>struct rand_meth_st of openssl/rand.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct RandomMethod
{
    public delegate* unmanaged<void*, int, int> Seed;
    public delegate* unmanaged<byte*, int, int> Bytes;
    public delegate* unmanaged<void> Cleanup;
    public delegate* unmanaged<void*, int, double, int> Add;
    public delegate* unmanaged<byte*, int, int> PseudoRandom;
    public delegate* unmanaged<int> Status;
}
