namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A whole response.</summary>
internal sealed record ClientReply(MessageHead Head, byte[] Body)
{
    public int Status => Head.Status;

    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}
