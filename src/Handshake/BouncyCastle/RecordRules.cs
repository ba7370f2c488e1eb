using TlsProxy.Handshake.Records;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Records in clear that BouncyCastle would take, or refuse with another alert.</summary>
internal static class RecordRules
{
    private const int AlertLength = 2;

    /// <summary>The alert that a record ends the handshake with; null where the protocol is to judge it.</summary>
    /// <param name="isTls13">Whether TLS 1.3 has been chosen.</param>
    /// <param name="isProtected">Whether the client's records are protected by now.</param>
    public static short? Judge(ReadOnlySpan<byte> record, bool isTls13, bool isProtected)
    {
        var type = record[0];
        var content = record[RecordLayout.HeaderLength..];
        // In TLS 1.3 the type of protected records is another, whatever they hold (RFC 9846, section 5.2).
        var isClear = isTls13 || !isProtected;
        var isWrong = type switch
        {
            // A header alone stands for a record that is too long, which has an alert of its own.
            RecordTally.HandshakeType => isClear && ((isTls13 && isProtected) || record[3..] is [0, 0]),
            RecordTally.AlertType => isClear && content.Length != AlertLength,
            RecordTally.ChangeCipherSpecType => isClear && content is not [1],
            _ => false,
        };
        return isWrong ? Tls.AlertDescription.unexpected_message : null;
    }
}
