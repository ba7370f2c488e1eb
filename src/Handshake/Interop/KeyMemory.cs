using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TlsProxy.Handshake.Interop;

/// <summary>A block of <see cref="KeyHeap"/> that belongs to one object and goes back, zeroed, when that is garbage.</summary>
internal sealed unsafe class KeyMemory : SafeHandle
{
    /// <param name="length">Bytes.</param>
    /// <exception cref="InsufficientMemoryException">The kernel has none to give.</exception>
    internal KeyMemory(int length)
        : base(0, ownsHandle: true)
    {
        Length = length;
        SetHandle(KeyHeap.Allocate(length));
    }

    public override bool IsInvalid => handle == 0;

    internal int Length { get; }

    /// <summary>Valid as long as the object.</summary>
    internal Span<byte> Span => new((void*)handle, IsClosed ? 0 : Length);

    internal void Clear() => CryptographicOperations.ZeroMemory(Span);

    protected override bool ReleaseHandle()
    {
        KeyHeap.Free(handle, Length);
        return true;
    }
}
