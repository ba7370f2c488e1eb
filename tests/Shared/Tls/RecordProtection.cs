using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TlsProxy.Testing.Tls;

/// <summary>The records of one direction as the kernel makes and opens them, written from the RFCs and on the runtime's ciphers, so that it
/// errs independently of what it tests (RFC 9846, section 5; RFC 5288; RFC 7905).</summary>
internal sealed class RecordProtection : IDisposable
{
    public const int HeaderLength = 5;
    public const int PlaintextMaximum = 16384;
    private const int TagLength = 16;
    private const int NonceLength = 12;
    private const int ExplicitLength = 8;
    private const byte ApplicationData = 23;
    private const ushort Tls12 = 0x0303;
    private const ushort Tls13 = 0x0304;

    private readonly AesGcm? _gcm;
    private readonly ChaCha20Poly1305? _chacha;
    private readonly byte[] _iv;
    private ulong _sequence;

    private RecordProtection(ushort version, ushort cipher, ReadOnlySpan<byte> key, byte[] iv, ulong sequence)
    {
        Version = version;
        Cipher = cipher;
        _iv = iv;
        _sequence = sequence;
        if (cipher == ChaCha)
            _chacha = new ChaCha20Poly1305(key);
        else
            _gcm = new AesGcm(key, TagLength);
    }

    // linux/tls.h: TLS_CIPHER_AES_GCM_128, TLS_CIPHER_AES_GCM_256, TLS_CIPHER_CHACHA20_POLY1305.
    private const ushort Aes128 = 51;
    private const ushort Aes256 = 52;
    private const ushort ChaCha = 54;

    public ushort Version { get; }

    public ushort Cipher { get; }

    /// <summary>Bytes of a record that are not its content, without TLS 1.3's padding.</summary>
    public int Overhead => HeaderLength + PrefixLength + TagLength + (Version == Tls13 ? 1 : 0);

    private int PrefixLength => Version == Tls12 && Cipher != ChaCha ? ExplicitLength : 0;

    /// <summary>Reads a structure tls12_crypto_info_… of linux/tls.h.</summary>
    /// <returns>Null when it is none that the kernel knows.</returns>
    public static RecordProtection? TryParse(ReadOnlySpan<byte> info)
    {
        if (info.Length < 4)
            return null;
        var version = BinaryPrimitives.ReadUInt16LittleEndian(info);
        var cipher = BinaryPrimitives.ReadUInt16LittleEndian(info[2..]);
        var (ivLength, keyLength, saltLength) = cipher switch
        {
            Aes128 => (8, 16, 4),
            Aes256 => (8, 32, 4),
            ChaCha => (12, 32, 0),
            _ => default,
        };
        if (keyLength == 0 || version is not (Tls12 or Tls13) || info.Length != 4 + ivLength + keyLength + saltLength + sizeof(ulong))
            return null;
        var rest = info[4..];
        var key = rest.Slice(ivLength, keyLength);
        byte[] iv = [.. rest.Slice(ivLength + keyLength, saltLength), .. rest[..ivLength]];
        var sequence = BinaryPrimitives.ReadUInt64BigEndian(rest[(ivLength + keyLength + saltLength)..]);
        return new RecordProtection(version, cipher, key, iv, sequence);
    }

    /// <summary>Makes one record.</summary>
    public byte[] Seal(byte type, ReadOnlySpan<byte> content)
    {
        var record = new byte[content.Length + Overhead];
        WriteHeader(record, Version == Tls13 ? ApplicationData : type, record.Length - HeaderLength);
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(nonce, _iv.AsSpan(NonceLength - ExplicitLength));
        _iv.AsSpan(NonceLength - ExplicitLength, PrefixLength).CopyTo(record.AsSpan(HeaderLength));
        var start = HeaderLength + PrefixLength;
        var end = record.Length - TagLength;
        Span<byte> plain = new byte[end - start];
        content.CopyTo(plain);
        if (Version == Tls13)
            plain[^1] = type;
        Span<byte> additional = stackalloc byte[13];
        additional = additional[..WriteAdditional(additional, type, record.Length - HeaderLength, content.Length)];
        if (_gcm is not null)
            _gcm.Encrypt(nonce, plain, record.AsSpan(start, plain.Length), record.AsSpan(end), additional);
        else
            _chacha!.Encrypt(nonce, plain, record.AsSpan(start, plain.Length), record.AsSpan(end), additional);
        Advance(ownsNonce: true);
        return record;
    }

    /// <summary>Opens one whole record.</summary>
    /// <returns>False when it isn't authentic.</returns>
    public bool TryOpen(ReadOnlySpan<byte> record, out byte type, out byte[] content)
    {
        type = record[0];
        content = [];
        var start = HeaderLength + PrefixLength;
        if (record.Length < start + TagLength)
            return false;
        var plain = new byte[record.Length - start - TagLength];
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(nonce, record.Slice(HeaderLength, PrefixLength));
        Span<byte> additional = stackalloc byte[13];
        additional = additional[..WriteAdditional(additional, type, record.Length - HeaderLength, plain.Length)];
        try
        {
            if (_gcm is not null)
                _gcm.Decrypt(nonce, record.Slice(start, plain.Length), record[^TagLength..], plain, additional);
            else
                _chacha!.Decrypt(nonce, record.Slice(start, plain.Length), record[^TagLength..], plain, additional);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        Advance(ownsNonce: false);
        if (Version == Tls13)
        {
            var last = plain.AsSpan().LastIndexOfAnyExcept((byte)0);
            if (last < 0)
                return false;
            type = plain[last];
            plain = plain[..last];
        }

        content = plain;
        return true;
    }

    public void Dispose()
    {
        _gcm?.Dispose();
        _chacha?.Dispose();
    }

    private static void WriteHeader(Span<byte> record, byte type, int length)
    {
        record[0] = type;
        record[1] = 3;
        record[2] = 3;
        BinaryPrimitives.WriteUInt16BigEndian(record[3..], (ushort)length);
    }

    private int WriteAdditional(Span<byte> destination, byte type, int lengthAfterHeader, int contentLength)
    {
        if (Version == Tls13)
        {
            WriteHeader(destination, ApplicationData, lengthAfterHeader);
            return HeaderLength;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _sequence);
        WriteHeader(destination[8..], type, contentLength);
        return 13;
    }

    private void WriteNonce(Span<byte> nonce, ReadOnlySpan<byte> explicitPart)
    {
        _iv.CopyTo(nonce);
        var tail = nonce[(NonceLength - ExplicitLength)..];
        if (PrefixLength > 0)
            explicitPart.CopyTo(tail);
        else
            BinaryPrimitives.WriteUInt64BigEndian(tail, BinaryPrimitives.ReadUInt64BigEndian(tail) ^ _sequence);
    }

    /// <summary>With an explicit nonce the kernel counts it up beside the sequence number.</summary>
    private void Advance(bool ownsNonce)
    {
        _sequence++;
        var tail = _iv.AsSpan(NonceLength - ExplicitLength);
        if (ownsNonce && PrefixLength > 0)
            BinaryPrimitives.WriteUInt64BigEndian(tail, BinaryPrimitives.ReadUInt64BigEndian(tail) + 1);
    }
}
