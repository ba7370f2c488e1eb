namespace TlsProxy.Proxy.Http;

/// <summary>Request fields in common use that tell the origin who asks, beside Authorization and Cookie: keys, tokens, signatures,
/// sessions, and names set by what signs users in before this proxy. Fields that programs send of their own accord with each request
/// mustn't be among them: Sec-Fetch-User, X-User-Agent, X-Playback-Session-Id, CMCD-Session, X-Amz-Cf-Id and the like.</summary>
internal static class CredentialFields
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "*Key", "*Key-Id", "*Token", "*Secret", "*Password", "*Passwd", "*Passcode", "*Passphrase", "*OTP", "*Signature", "*-Signature-*",
        "Signature-Input", "DPoP", "*JWT", "*Bearer", "*Assertion", "*Authorization", "*Authentication", "Auth", "X-Auth*", "*-Auth",
        "*Credential", "*Credentials", "*Crumb", "Cookie2", "Session", "Session-Id", "SessionId", "X-Session", "X-Session-*",
        "X-SessionId", "X-*-Session", "X-Sid", "X-Ticket", "X-User", "X-User-Id", "X-User-Email", "X-User-Name", "X-User-Role*",
        "X-*User", "X-*Username", "X-*Userinfo", "X-Email", "X-*-Email", "X-*-Groups", "X-Account", "X-Account-Id", "X-Identity",
        "X-Identity-*", "*MSISDN", "Impersonate-*", "SMUser", "SM-*", "iPlanetDirectoryPro", "X-Remote-Group", "X-Remote-Extra-*",
        "Remote-User", "Remote-Name", "Remote-Email", "Remote-Groups", "X-Goog-*", "X-Amzn-Oidc-*", "X-Ms-Client-Principal*",
        "Cf-Access-*", "X-WebAuth-*", "X-Pomerium-*", "X-Vouch-*", "X-Consumer-*", "X-Credential-*", "X-Hasura-*", "X-Honeycomb-Team",
        "*Client-Cert*", "*ClientCert*", "*SSL-Client-*", "*SSL-Cert*", "X-Client-DN", "X-Client-Verify",
    ];
}
