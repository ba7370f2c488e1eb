namespace TlsProxy.Proxy.Http;

/// <summary>Request fields in common use that tell the origin who asks, beside Authorization and Cookie: keys, tokens, and names set by
/// what signs users in before this proxy.</summary>
internal static class CredentialFields
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "X-Api-Key", "Api-Key", "ApiKey", "X-ApiKey", "X-Api-Token", "X-Api-Secret", "X-App-Key", "X-App-Token", "X-Auth", "X-Auth-Key",
        "X-Auth-Token", "Auth-Token", "X-Authorization", "X-Authentication", "X-Access-Key", "X-Access-Token", "Access-Token", "X-Token",
        "Token", "X-Id-Token", "X-User-Token", "X-Client-Token", "X-Client-Secret", "X-Secret", "X-Secret-Key", "X-Session",
        "X-Session-Id", "X-Session-Token", "Session-Id", "X-JWT", "X-JWT-Assertion", "X-Refresh-Token", "Private-Token", "Job-Token",
        "X-Amz-Security-Token",
        "X-Goog-Api-Key", "X-Goog-Iap-JWT-Assertion", "Ocp-Apim-Subscription-Key", "X-Functions-Key", "X-Zumo-Auth", "X-Vault-Token",
        "X-Shopify-Access-Token", "X-Subscription-Token", "X-RapidAPI-Key", "X-Figma-Token", "X-Plex-Token", "X-Emby-Token",
        "X-Parse-Session-Token", "X-Redmine-API-Key", "X-Influx-Token", "Cf-Access-Jwt-Assertion", "Cf-Access-Token",
        "X-Amzn-Oidc-Data", "X-Amzn-Oidc-Accesstoken", "X-Ms-Client-Principal", "X-Ms-Token-Aad-Access-Token", "DPoP", "X-CSRF-Token",
        "X-XSRF-Token", "X-User", "X-User-Id", "X-Remote-User", "Remote-User", "X-Forwarded-User", "X-Forwarded-Email",
        "X-Forwarded-Access-Token", "X-Auth-Request-User", "X-Auth-Request-Email", "X-Auth-Request-Access-Token", "X-WebAuth-User",
        "X-Forwarded-Client-Cert", "X-SSL-Client-Cert", "SSL-Client-Cert", "X-Client-Cert", "X-ARR-ClientCert",
    ];
}
