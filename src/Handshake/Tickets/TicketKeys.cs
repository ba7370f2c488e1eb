using System.Security.Cryptography;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.Tickets;

/// <summary>The keys of session tickets at one time, the one that makes tickets first. Each is a name of 16 bytes, a key of 32 for
/// HMAC-SHA256 and a key of 32 for AES-256-CBC (RFC 5077, section 4). The memory is native, so that no copy of it stays behind and core
/// dumps leave it out, and zeroed when the last user has released it.</summary>
internal sealed class TicketKeys : RefCounted
{
    public const int KeyLength = NameLength + SecretLength + SecretLength;
    public const int NameLength = 16;

    private const int SecretLength = 32;

    private readonly KeyMemory _keys;

    private TicketKeys(int count) => _keys = new KeyMemory(count * KeyLength);

    public int Count => _keys.Length / KeyLength;

    /// <summary>Copies keys.</summary>
    /// <param name="keys">Whole keys, at least one.</param>
    public static TicketKeys Of(ReadOnlySpan<byte> keys)
    {
        ArgumentOutOfRangeException.ThrowIfZero(keys.Length);
        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length % KeyLength, 0);
        var made = new TicketKeys(keys.Length / KeyLength);
        keys.CopyTo(made._keys.Span);
        return made;
    }

    /// <summary>Makes a key and puts it before some others.</summary>
    /// <param name="others">Null for none.</param>
    /// <param name="kept">How many of the others are accepted on.</param>
    public static TicketKeys Generate(TicketKeys? others, int kept)
    {
        kept = Math.Min(kept, others?.Count ?? 0);
        var made = new TicketKeys(1 + kept);
        RandomNumberGenerator.Fill(made._keys.Span[..KeyLength]);
        others?._keys.Span[..(kept * KeyLength)].CopyTo(made._keys.Span[KeyLength..]);
        return made;
    }

    public ReadOnlySpan<byte> Name(int index) => _keys.Span.Slice(index * KeyLength, NameLength);

    public ReadOnlySpan<byte> HmacKey(int index) => _keys.Span.Slice((index * KeyLength) + NameLength, SecretLength);

    public ReadOnlySpan<byte> AesKey(int index) => _keys.Span.Slice((index * KeyLength) + NameLength + SecretLength, SecretLength);

    /// <summary>The key of this name, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < Count; i++)
        {
            if (Name(i).SequenceEqual(name))
                return i;
        }

        return -1;
    }

    public bool SequenceEqual(TicketKeys other) => CryptographicOperations.FixedTimeEquals(_keys.Span, other._keys.Span);

    protected override void Free() => _keys.Clear();
}
