using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Channel;

/// <summary>Takes the content of the records of a connection.</summary>
internal interface IRecordSink
{
    /// <returns>False when no more records are wanted.</returns>
    bool OnRecord(ContentType type, ReadOnlySpan<byte> content);

    void OnBadRecord(TlsAlert alert);
}
