using System.Globalization;

namespace TlsProxy.Handshake.Interop;

/// <summary>Keeps what libcrypto holds of keys out of core dumps. Private keys go to its secure heap (OPENSSL_secure_malloc(3)); key
/// schedules, secrets and freed copies lie anywhere in the C library's heaps, so dumps leave those out.</summary>
internal static unsafe class HeapDumps
{
    // Two thousand RSA keys of 2,048 bits; the smallest block is that of a P-256 scalar.
    private const int SecureBytes = 2 << 20;
    private const int SecureBlockMinimum = 32;

    // The first heap grows in steps of this size, so that its next pages are known, and left out, long before they hold anything.
    private const int GrowthBytes = 64 << 20;

    // Larger than the blocks that a thread keeps of what others have allocated: it comes from the thread's own heap.
    private const int ProbeBytes = 100 * 1024;

    // glibc's heaps of threads are aligned to their size (HEAP_MAX_SIZE) and begin with a heap_info.
    private const nint HeapBytes = 64 << 20;

    // Written once, after the heap has been set up, by the thread that starts the process; read by each thread before its first key.
    private static volatile bool s_isOn;

    [ThreadStatic]
    private static bool t_isOut;

    /// <summary>Begins; before the first key is loaded.</summary>
    internal static void TurnOn()
    {
        // The heap may be there without being locked in memory (2): it is out of dumps all the same.
        if (LibCrypto.CRYPTO_secure_malloc_init(SecureBytes, SecureBlockMinimum) == 0)
            throw new TlsConfigurationException("libcrypto could not set up its secure heap: leave --core-dumps out, or free some memory.");
        NativeHeap.GrowBy(GrowthBytes);
        s_isOn = true;
    }

    /// <summary>Leaves the calling thread's heap out of dumps, where that was asked for, before it holds a key.</summary>
    internal static void LeaveThreadOut()
    {
        if (!s_isOn || t_isOut)
            return;
        t_isOut = true;
        // Twice: the first may fill what is left of the first heap's last step.
        for (var i = 0; i < 2; i++)
            Libc.free(Libc.malloc(ProbeBytes));
        LeaveHeapsOut();
    }

    /// <summary>Leaves out the heaps that have been added or have grown; to be called now and then.</summary>
    internal static void LeaveHeapsOut()
    {
        if (!s_isOn)
            return;
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[1] != "rw-p" || words.Length > 6)
                continue;
            var range = words[0].Split('-');
            var start = nint.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            var end = nint.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (words.Length == 6 && words[5] == "[heap]")
                _ = Libc.madvise(start, (nuint)(end - start), Libc.MADV_DONTDUMP);
            else if (words.Length == 5)
                LeaveThreadHeapsOut(start, end);
        }
    }

    private static void LeaveThreadHeapsOut(nint start, nint end)
    {
        for (var heap = (start + HeapBytes - 1) & ~(HeapBytes - 1); heap < end; heap += HeapBytes)
        {
            // struct heap_info: the arena, the heap before this one, its size, and how much of it is readable.
            var info = (nint*)heap;
            var (arena, before, size, readable) = (info[0], info[1], info[2], info[3]);
            if (arena != 0 && before % HeapBytes == 0 && size > 0 && size <= readable && readable <= Math.Min(HeapBytes, end - heap))
                _ = Libc.madvise(heap, (nuint)HeapBytes, Libc.MADV_DONTDUMP);
        }
    }
}
