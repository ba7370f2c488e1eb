using System.Collections.Frozen;
using System.Text;

namespace TlsProxy.Handshake.Certificates;

/// <summary>Which group of certificates is for which name.</summary>
internal sealed class CertificateSelection
{
    /// <summary>Bytes of a name at most (RFC 1035, section 2.3.4).</summary>
    public const int NameMaximum = 255;

    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _names;

    /// <param name="groups">The first is for all other names.</param>
    public CertificateSelection(IReadOnlyList<CertificateGroup> groups)
    {
        var names = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < groups.Count; i++)
        {
            foreach (var name in groups[i].SelectedFor)
                names.TryAdd(name, i);
        }

        _names = names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The place of the group for a name: the name itself, then a wildcard in place of its first label, then the
    /// default.</summary>
    /// <param name="known">Whether it was found by the name.</param>
    public int Select(ReadOnlySpan<byte> name, out bool known)
    {
        Span<char> text = stackalloc char[NameMaximum];
        if (name is [.., (byte)'.'])
            name = name[..^1];
        known = false;
        if (name.Length > text.Length || Ascii.ToUtf16(name, text, out var length) != System.Buffers.OperationStatus.Done)
            return 0;
        text = text[..length];
        known = _names.TryGetValue(text, out var index);
        var dot = text.IndexOf('.');
        if (known || dot < 1)
            return index;
        text[dot - 1] = '*';
        known = _names.TryGetValue(text[(dot - 1)..], out index);
        return index;
    }
}
