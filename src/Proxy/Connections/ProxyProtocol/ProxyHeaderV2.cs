using System.Buffers.Binary;
using System.Net;
using System.Numerics;

namespace TlsProxy.Proxy.Connections.ProxyProtocol;

/// <summary>Version 2: a signature, a command, addresses in binary, and values with type and length behind them (section 2.2).</summary>
internal static class ProxyHeaderV2
{
    private const int FixedLength = 16;
    private const int ValueHeaderLength = 3;
    private const byte ChecksumType = 3;
    private const int ChecksumLength = 4;

    public static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    public static ProxyHeaderStatus Parse(ReadOnlySpan<byte> bytes, out int length, out IPAddress? source)
    {
        length = 0;
        source = null;
        if (!ProxyHeader.Agree(bytes, Signature))
            return ProxyHeaderStatus.Malformed;
        if (bytes.Length < FixedLength)
            return ProxyHeaderStatus.NeedMore;
        length = FixedLength + BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        // Of a connection of the sender's own everything else is to be ignored.
        var isLocal = bytes[12] == 0x20;
        var addressLength = isLocal ? 0 : AddressLength(bytes[13]);
        if ((!isLocal && bytes[12] != 0x21) || addressLength < 0
            || length < FixedLength + addressLength || length > ProxyHeader.LengthMaximum)
            return ProxyHeaderStatus.Malformed;
        if (bytes.Length < length)
            return ProxyHeaderStatus.NeedMore;
        var header = bytes[..length];
        // Without a family nothing is said of what follows.
        if (isLocal || bytes[13] == 0)
            return ProxyHeaderStatus.Complete;
        if (!AreValues(header, FixedLength + addressLength))
            return ProxyHeaderStatus.Malformed;
        // Only streams over IP have an address that means something to those who are told of it.
        if (bytes[13] == 0x11)
            source = new IPAddress(header.Slice(FixedLength, 4));
        else if (bytes[13] == 0x21)
            source = new IPAddress(header.Slice(FixedLength, 16));
        return ProxyHeaderStatus.Complete;
    }

    /// <summary>Bytes of both addresses and ports by family and protocol; -1 for those that nobody may send.</summary>
    private static int AddressLength(byte familyAndProtocol) => familyAndProtocol switch
    {
        0x00 => 0,
        0x11 or 0x12 => 12,
        0x21 or 0x22 => 36,
        0x31 or 0x32 => 216,
        _ => -1,
    };

    /// <summary>Whether values fill the rest of the header exactly, and a checksum among them is right.</summary>
    private static bool AreValues(ReadOnlySpan<byte> header, int start)
    {
        while (start < header.Length)
        {
            var rest = header[start..];
            if (rest.Length < ValueHeaderLength)
                return false;
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[1..]);
            if (length > rest.Length - ValueHeaderLength)
                return false;
            if (rest[0] == ChecksumType && (length != ChecksumLength || !IsRight(header, start + ValueHeaderLength)))
                return false;
            start += ValueHeaderLength + length;
        }

        return true;
    }

    /// <summary>The CRC32c of the header in which its own place is taken for zeros.</summary>
    private static bool IsRight(ReadOnlySpan<byte> header, int checksumStart)
    {
        var checksum = uint.MaxValue;
        for (var i = 0; i < header.Length; i++)
            checksum = BitOperations.Crc32C(checksum, i >= checksumStart && i < checksumStart + ChecksumLength ? (byte)0 : header[i]);
        return ~checksum == BinaryPrimitives.ReadUInt32BigEndian(header[checksumStart..]);
    }
}
