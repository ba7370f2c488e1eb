using System.Runtime.InteropServices;

namespace TlsProxy.Testing.Interop;

/// <summary>Randomness of libcrypto that a seed decides, on the threads that ask for it: handshakes, tickets and signatures, and so the
/// lengths of what is sent, are then the same in each run. Other threads have the library's own.</summary>
public sealed unsafe class SeededEntropy : IDisposable
{
    private static readonly Lock s_lock = new();
    private static RandomMethod* s_own;

    [ThreadStatic]
    private static Random? t_random;

    /// <summary>Takes the calling thread's randomness from a seed until the disposal, on the same thread.</summary>
    public SeededEntropy(int seed)
    {
        Install();
        t_random = new Random(seed);
    }

    public void Dispose() => t_random = null;

    private static void Install()
    {
        lock (s_lock)
        {
            if (s_own is not null)
                return;
            var own = LibSsl.RAND_get_rand_method();
            var method = (RandomMethod*)NativeMemory.AllocZeroed((nuint)sizeof(RandomMethod));
            *method = *own;
            method->Bytes = &Fill;
            method->PseudoRandom = &Fill;
            s_own = own;
            if (LibSsl.RAND_set_rand_method(method) != 1)
                throw new InvalidOperationException("libcrypto takes no other source of randomness.");
        }
    }

    [UnmanagedCallersOnly]
    private static int Fill(byte* buffer, int length)
    {
        if (t_random is not { } random)
            return s_own->Bytes(buffer, length);
        random.NextBytes(new Span<byte>(buffer, length));
        return 1;
    }
}
