using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>Names of groups, asked for once each.</summary>
internal static unsafe class GroupNames
{
    private static readonly ConcurrentDictionary<nint, string> _names = new();

    /// <param name="id">As SSL_get_negotiated_group(3) gives it.</param>
    internal static string Of(nint ssl, nint id) => _names.TryGetValue(id, out var known)
        ? known
        : _names.GetOrAdd(id, Marshal.PtrToStringUTF8((nint)LibSsl.SSL_group_to_name(ssl, (int)id)) ?? $"group-{id & 0xFFFF}");
}
