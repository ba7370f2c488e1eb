using System.Security.Cryptography;

namespace TlsProxy.Handshake.Interop;

/// <summary>Native memory for keys, left out of core dumps (MADV_DONTDUMP, madvise(2)). Small blocks are cut from mappings that stay; a
/// large one has a mapping of its own. Callable from any thread.</summary>
internal static unsafe class KeyHeap
{
    private const int MappingBytes = 64 * 1024;
    private const int SmallBytes = 128;
    private const int MediumBytes = 512;

    // Guards both stacks.
    private static readonly Lock s_gate = new();
    private static readonly Stack<nint> s_small = new();
    private static readonly Stack<nint> s_medium = new();

    // Written by every thread that allocates or frees.
    private static long s_inUse;

    /// <summary>Bytes that were allocated and haven't been freed, of all threads.</summary>
    internal static long InUse => Volatile.Read(ref s_inUse);

    /// <summary>Zeroed memory.</summary>
    /// <exception cref="InsufficientMemoryException">The kernel has none to give.</exception>
    internal static nint Allocate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        var block = Take(length);
        Interlocked.Add(ref s_inUse, length);
        return block;
    }

    /// <summary>Zeroes and takes back what <see cref="Allocate"/> gave for the same length.</summary>
    internal static void Free(nint block, int length)
    {
        CryptographicOperations.ZeroMemory(new Span<byte>((void*)block, length));
        Interlocked.Add(ref s_inUse, -length);
        if (length > MediumBytes)
        {
            _ = Libc.munmap(block, (nuint)length);
            return;
        }

        lock (s_gate)
            (length > SmallBytes ? s_medium : s_small).Push(block);
    }

    private static nint Take(int length)
    {
        if (length > MediumBytes)
            return Map(length);
        var size = length > SmallBytes ? MediumBytes : SmallBytes;
        var free = length > SmallBytes ? s_medium : s_small;
        lock (s_gate)
        {
            if (free.TryPop(out var block))
                return block;
            var mapping = Map(MappingBytes);
            for (var offset = MappingBytes - size; offset > 0; offset -= size)
                free.Push(mapping + offset);
            return mapping;
        }
    }

    private static nint Map(int length)
    {
        var mapping = Libc.mmap(
            0, (nuint)length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if (mapping == Libc.MAP_FAILED || Libc.madvise(mapping, (nuint)length, Libc.MADV_DONTDUMP) != 0)
            throw new InsufficientMemoryException("The kernel has no memory for keys.");
        return mapping;
    }
}
