using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Fuzzing;

/// <summary>Takes records as a channel does, without a socket to answer on and without a limit on floods.</summary>
internal sealed class RecordingSink : IRecordSink
{
    private readonly PostHandshake _postHandshake = new();
    private readonly SessionKeys _keys;

    public RecordingSink(byte[] scratch, SessionKeys keys)
    {
        _keys = keys;
        Receiver = new TlsReceiver(this, scratch);
        Receiver.Start(new RecordOpener(keys.Version, keys.Suite, keys.Receive));
    }

    public TlsReceiver Receiver { get; }

    public List<byte> Data { get; } = [];

    /// <summary>What the peer is to be told, or null.</summary>
    public TlsAlert? Alert { get; private set; }

    /// <summary>close_notify has come.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether more is to be fed.</summary>
    public bool IsOpen { get; private set; } = true;

    public bool OnRecord(ContentType type, ReadOnlySpan<byte> content)
    {
        Assert.True(IsOpen);
        if (type == ContentType.ApplicationData && !content.IsEmpty && !_postHandshake.IsCut)
        {
            Data.AddRange(content);
            return true;
        }

        var step = _postHandshake.Read(type, content, _keys.Version == TlsVersion.Tls13, _keys.Role);
        switch (step)
        {
            case PostHandshakeStep.None or PostHandshakeStep.Renegotiate:
                return true;
            case PostHandshakeStep.UpdateReceive or PostHandshakeStep.UpdateBoth:
                Receiver.UpdateKeys();
                return true;
            case PostHandshakeStep.Ended:
                HasEnded = true;
                break;
            default:
                Alert = TlsAlert.UnexpectedMessage;
                break;
        }

        IsOpen = false;
        return false;
    }

    public void OnBadRecord(TlsAlert alert)
    {
        Assert.True(IsOpen);
        Assert.NotEqual(TlsAlert.CloseNotify, alert);
        Alert = alert;
        IsOpen = false;
    }
}
