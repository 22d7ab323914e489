/// Keys that were made for these tests and open nothing.
enum SampleKeys {
  static let secret = "0123456789abcdef0123456789abcdef"

  static let rsaPrivate = """
    -----BEGIN PRIVATE KEY-----
    MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDDNa279z/cbYr0
    L76F7YTCCTMKVXfoYQ0CQ5lkigcnva8RJDCEfY6FPLfaEN9yzOby4ORotjAvTik+
    ORCgEigackO6pfhjf8fHMpGqWZVj7ThC/aTgeT7Et2Jn7zqKOWc97uRL/d/ah7oz
    Isx+THlO7dZPiq0qeEJrHpXmS7QGGmmd751apyVeA9aRJUv+/q03A+N9uQnEzCzB
    0H+2Koy3sOeAWWtUSHAnhOK1wZ92yPDVNBvhAZYNfZ5Gx0EA/v+4hzFqsCPLhRcs
    FuyRApmck4+kwKHDDx4guhg9SaEcY7G+EDCBZz7H2Ir4JOfpa82Wp7Mcl2ziyJgW
    L8NLti3NAgMBAAECggEABiuMLfw+aH+e865B2YamQwzg/Ow67PTgFGNOmimYDAmG
    BXW/X6PlH3djT78SYhCtRJ3j76cW0gGO+xmSpo2oGPqyi3omsu1ZKZbxuzLRJf/1
    PKBMCyowT5RAkq7Uitr9GXotJ8rPiqvuhar8chsfGFTn5o7sob44KAQ4AUCJto4E
    PBK+fTnIEm8UrMATWew5UGaLdbVEu3/kzYhCOHrSFZCA5Evt5faDnSBOSF1NfHeJ
    Emz46aUFL0rIHA1B9QjqTfXfA2jFdRa41HDsXGx+qBJvW3fpnBr2JTOBTmLBP8gR
    qlYVdU4y2E4C0T/c/OxzoHXlo2egn0R4uyhf1XWdgQKBgQDhTBTv0sot4idR1alV
    sVsTBiIKDOlSZAm+TO6WO8N3UEaV405fExq7NbS7ywtIW+hTMGv/u4CIH5y6kLfH
    7HWSCsJaHNx1tBN6NQOhv+F3ekPG8pF7CRIftKjRwU+adIGilD5k/6QA73l98oQ2
    sNLgbzR/FD1jbnXQrQ4mkaFt1wKBgQDdz+/qCog1g0hDEo8yGgRbEcobBjVhM+Uy
    ARwTkfgZ+F1C6knrdePBzw4EXMHgcYYHMG0RtKfSvC92xZyBf0m1MyblURVJYTWg
    mEaaokrevEcWmUtC1eWlja0ToXCUcoeU7hGfY4TOC/CoqhMzVPWHovo6IiGleLP/
    nO7R/MTk+wKBgBsr8dp6saeW/ub/vcx392Pz+Wb856boKcSpwpyb2JcrN1gccfdF
    dpPdhk6fzlyLuRlPXbcaBgZkyaI2kfOqsQNMCOSVVoFbln3Gpwl6+tZOCJ6V4rXU
    AjuQrkud5Nvb8UaKWnwT2NPEDgMCnK974/LtdoddCYpUaCEivfIo3i9BAoGAEdcC
    jclRETTA4BwjBj2Pch+pKKlEK9A3s+Dg+DX6RWRzY8liLpzpt5HGp9UqBro6tGNR
    smXcRZe7HYthPg0VyYwWqcTuuFsoLAVzUEaTTPzJnuivY+2+LaWKcRS/8ECR5QmM
    w0wGx2ewcHBVYQCJSuJxy7EpEZz2pS1jC+KPl3cCgYEAwU4D89nYdsaqa7zHLGVV
    jo32jDWEsA80EfPbDeylVFBYTmjjKp+VAKfWAzlTB6aCD6QlE/ImgzB8OiLkwbV3
    Iq0uvNO1uymvS7AVXqxTJIkpgtr/rtBFk7Ne9DSfqKBySDg7Lyd8tXLmkBXQbg/5
    +pUh7Ng6f+Eri0NTZdMLqO4=
    -----END PRIVATE KEY-----

    """

  static let rsaPublic = """
    -----BEGIN PUBLIC KEY-----
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwzWtu/c/3G2K9C++he2E
    wgkzClV36GENAkOZZIoHJ72vESQwhH2OhTy32hDfcszm8uDkaLYwL04pPjkQoBIo
    GnJDuqX4Y3/HxzKRqlmVY+04Qv2k4Hk+xLdiZ+86ijlnPe7kS/3f2oe6MyLMfkx5
    Tu3WT4qtKnhCax6V5ku0Bhppne+dWqclXgPWkSVL/v6tNwPjfbkJxMwswdB/tiqM
    t7DngFlrVEhwJ4TitcGfdsjw1TQb4QGWDX2eRsdBAP7/uIcxarAjy4UXLBbskQKZ
    nJOPpMChww8eILoYPUmhHGOxvhAwgWc+x9iK+CTn6WvNlqezHJds4siYFi/DS7Yt
    zQIDAQAB
    -----END PUBLIC KEY-----

    """

  static let p256Private = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg5NjYxb+LPZeys4Wp
    LUFe8kbVXJjLOm1WleJoZAE1cSmhRANCAAQPoRwW29l6C5jaszpDHjeoHVRB9pWU
    QvHTVM0Py1Feyj+zEt8yiDB/VLYm8y+BABG6XusELSoMXtswOuOGApuN
    -----END PRIVATE KEY-----

    """

  static let p256Public = """
    -----BEGIN PUBLIC KEY-----
    MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAED6EcFtvZeguY2rM6Qx43qB1UQfaV
    lELx01TND8tRXso/sxLfMogwf1S2JvMvgQARul7rBC0qDF7bMDrjhgKbjQ==
    -----END PUBLIC KEY-----

    """

  static let ed25519Private = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIFAEyQWi9HLXXt2Zyhz15w8mMnKYu94a/CgxMqqs7nvn
    -----END PRIVATE KEY-----

    """

  static let ed25519Public = """
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEA6dK5Omh84Jinn3uuQpCP/uwaOHoH4cd0YBYL3JDFe6Y=
    -----END PUBLIC KEY-----

    """

  static let weakRSAPrivate = """
    -----BEGIN PRIVATE KEY-----
    MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAKgfbAQPGaSdhSFL
    bYHyS54HVIjVYRZG7qONMqE23rFcnSF98oEpyUPQilkKlwhD/+HFGfHfI56iUJge
    1ZlHZFun15HIPtjQtDPbi9z4Njtb4E958q0qYiFmO51ZW9QRprpz+TFGhqvcexzm
    /nWTzRP3obwP7e4IbE831h48SpGJAgMBAAECgYBOr44thCe7TOIvSA8zv4Q2rTWa
    aUvsUjyEnaQxoe2uUytTro/edgE11Re7PuKbQsAzGb3f31DbgRp5aA0OlURZgsTV
    2jXuVsk+oEwVoJMc292KbwLhxQsILkFKfcODsen/M1id697s0prBuKn2sRHhCSLf
    nsjAC+AiMePWFZjFVQJBAN9uYDbEx1JGQJPs3FoZV6gQSrmFt5KC/2VCCjPz3Eza
    E/knEObcf7lk7QCLUIrw8ZlaJ4ZdDPm4GVukIUtjv7cCQQDAoSQFrE6qMQucy6V2
    3yQxYntYXSDtRUVDgY9ZIp3Cw/pOHt//AoKXBH2bdE9mLmahhD3h9NeBGBiQq87X
    hbi/AkBVs46wM1aJFm1a0DXNUX8v9d/TvZimWB0CiAxF1TohOF0E6pkvFFDhmfbW
    iJmCUd06Bzy16yc4+gawAgrLUh2NAkEAkip0C/34XvoCRsLcVjvx2atRzvYzovca
    HKQ14rv6m6xbxWV2MKl18CPPL+Ns0CtLYynWTxubXvCqyzQjKrTkPwJBANCb3pUS
    eb7ng5MBjevpjmVnI22w08H+4ajASZyhawB5X7JRhtHs4Mz7fsTK6+fj+A4BFFpg
    IPiBw2O5AdBvdzM=
    -----END PRIVATE KEY-----

    """

  static let weakRSAPublic = """
    -----BEGIN PUBLIC KEY-----
    MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCoH2wEDxmknYUhS22B8kueB1SI
    1WEWRu6jjTKhNt6xXJ0hffKBKclD0IpZCpcIQ//hxRnx3yOeolCYHtWZR2Rbp9eR
    yD7Y0LQz24vc+DY7W+BPefKtKmIhZjudWVvUEaa6c/kxRoar3Hsc5v51k80T96G8
    D+3uCGxPN9YePEqRiQIDAQAB
    -----END PUBLIC KEY-----

    """

  static let p384Public = """
    -----BEGIN PUBLIC KEY-----
    MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEWpUCRjxfMZkOOHSD9j2c8iBrN0TL2BDc
    O31E+GfRwDLhXLx648RDXsyOV/D4fuFHJMSX9VqsriI3S9Hs2NlKgcJDYrJtheYz
    R3Szg5LluU6iywiiaeVxe5fRwyToW50T
    -----END PUBLIC KEY-----

    """

  /// By the names that settings in tests give them.
  static func file(_ name: String) throws -> [UInt8] {
    switch name {
    case "secret": Array((secret + "\n").utf8)
    case "rsa": Array(rsaPublic.utf8)
    case "p256": Array(p256Public.utf8)
    case "ed25519": Array(ed25519Public.utf8)
    case "weak": Array(weakRSAPublic.utf8)
    case "p384": Array(p384Public.utf8)
    default: throw Missing()
    }
  }

  private struct Missing: Error {}
}
