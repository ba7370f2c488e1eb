using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace TlsProxy.Testing.Interop;

/// <summary>The secrets of the connections that are open (SSL_CTX_set_keylog_callback(3)), for tests that lay out a client's records
/// again.</summary>
internal static unsafe class KeyLog
{
    private static readonly ConcurrentDictionary<nint, ConcurrentQueue<string>> s_lines = new();

    public static (byte[] Random, byte[] Secret) Find(nint ssl, string label)
    {
        var line = s_lines[ssl].Last(line => line.StartsWith(label + ' ', StringComparison.Ordinal)).Split(' ');
        return (Convert.FromHexString(line[1]), Convert.FromHexString(line[2]));
    }

    public static void Forget(nint ssl) => s_lines.TryRemove(ssl, out _);

    [UnmanagedCallersOnly]
    internal static void OnLine(nint ssl, byte* line) =>
        s_lines.GetOrAdd(ssl, _ => new ConcurrentQueue<string>()).Enqueue(Marshal.PtrToStringUTF8((nint)line)!);
}
